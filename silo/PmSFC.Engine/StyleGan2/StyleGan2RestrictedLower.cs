using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// G1 of a StyleGAN2 generator for codes that each serve one subspace. A channel's kernel, demodulation, noise and bias are its own, so a channel of the
/// last block depends on no other one of that block and the restriction is exact.
/// </summary>
internal sealed class StyleGan2RestrictedLower : IRestrictedLower
{
    private readonly StyleGan2Generator _generator;
    private readonly int _last;
    private readonly StyledBlock[] _subspaces;

    public StyleGan2RestrictedLower(StyleGan2Generator generator, ChannelPartition partition, int split)
    {
        generator.Architecture.CheckPartition(partition, split);

        _generator = generator;
        _last = split - 1;
        _subspaces = [.. Enumerable.Range(0, partition.Count).Select(r => generator.BlockAt(_last).Restrict(partition.ChannelsOf(r)))];
    }

    /// <inheritdoc/>
    public SubspaceFeatures Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        long images = z.shape[0],
            codes = z.shape[2],
            perSubspace = images * codes;

        // Codes of one subspace lie together, so that each subspace's share of the last block is one contiguous slice.
        var all = z.transpose(0, 1).reshape(-1, z.shape[3]);
        var before = _last == 0 ? default : _generator.WithRgb(_generator.Lower(all, _last), _last);
        var shares = Enumerable.Range(0, _subspaces.Length).Select(Share).ToArray();
        return new SubspaceFeatures(
            [.. shares.Select(share => share.Maps.MoveToOuterDisposeScope())],
            [
                .. Enumerable
                    .Range(0, shares[0].Context.Count)
                    .Select(i => cat([.. shares.Select(share => share.Context[i])], 1).MoveToOuterDisposeScope()),
            ]
        );

        SplitFeatures Share(int subspace)
        {
            var first = subspace * perSubspace;
            var block = _subspaces[subspace];
            var features =
                _last == 0
                    ? _generator.Begin(all.narrow(0, first, perSubspace), block)
                    : StyleGan2Generator.Apply(before.Select(tensor => tensor.narrow(0, first, perSubspace)), block);
            return features.Select(tensor => tensor.view([images, codes, .. tensor.shape[1..]]));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var block in _subspaces)
            block.Dispose();
    }
}
