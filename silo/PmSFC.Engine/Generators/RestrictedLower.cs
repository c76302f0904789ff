using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>
/// G1 for codes that each serve one subspace, of a family in which a channel of the last block depends on no other channel of it, so that the restriction is
/// exact. All codes go through what comes before that block together.
/// </summary>
/// <param name="partition">The subspaces of the split layer's channels.</param>
public abstract class RestrictedLower(ChannelPartition partition) : IRestrictedLower
{
    /// <inheritdoc/>
    public SubspaceFeatures Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        long images = z.shape[0],
            codes = z.shape[2],
            perSubspace = images * codes;

        // Codes of one subspace lie together, so that each subspace's share of the last block is one contiguous slice.
        var before = BeforeLast(z.transpose(0, 1).reshape([-1, .. z.shape[3..]]));
        SplitFeatures[] shares =
        [
            .. Enumerable
                .Range(0, partition.Count)
                .Select(subspace =>
                    Last(before.Select(tensor => tensor.narrow(0, subspace * perSubspace, perSubspace)), subspace)
                        .Select(tensor => tensor.view([images, codes, .. tensor.shape[1..]]))
                ),
        ];
        return new SubspaceFeatures(
            [.. shares.Select(share => share.Maps)],
            [.. Enumerable.Range(0, shares[0].Context.Count).Select(i => cat([.. shares.Select(share => share.Context[i])], 1))]
        ).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>What the last block of G1 is given.</summary>
    /// <param name="z">[N, latent], or what else the generator takes as codes.</param>
    /// <returns>Maps, or whatever else with one row a code where the last block is the first one, and the context.</returns>
    protected abstract SplitFeatures BeforeLast(Tensor z);

    /// <summary>The last block with the channels of one subspace alone.</summary>
    /// <param name="before">Some rows of what <see cref="BeforeLast"/> gives.</param>
    /// <param name="subspace">r, from 0.</param>
    protected abstract SplitFeatures Last(SplitFeatures before, int subspace);
}
