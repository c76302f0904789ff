using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>
/// G1 of a PGGAN for codes that each serve one subspace. The cut is right after the last block's activation, so a channel depends on no other channel of
/// that block and the restriction is exact.
/// </summary>
internal sealed class PgganRestrictedLower : IRestrictedLower
{
    private readonly PgganGenerator _generator;
    private readonly int _last;
    private readonly (Tensor Weight, Tensor Bias)[] _subspaces;

    public PgganRestrictedLower(PgganGenerator generator, ChannelPartition partition, int split)
    {
        generator.Architecture.CheckPartition(partition, split);

        _generator = generator;
        _last = split - 1;
        using var scope = NewDisposeScope();
        _subspaces = new (Tensor, Tensor)[partition.Count];
        for (var r = 0; r < partition.Count; r++)
        {
            var channels = tensor(partition.ChannelsOf(r).Select(c => (long)c).ToArray(), device: generator.Device);
            _subspaces[r] = generator.Slice(_last, channels);
            _subspaces[r].Weight.DetachFromDisposeScope();
            _subspaces[r].Bias.DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public SubspaceFeatures Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        long images = z.shape[0],
            codes = z.shape[2],
            perSubspace = images * codes;

        // Codes of one subspace lie together, so that each subspace's share of the last block is one contiguous slice.
        var x = _generator.NormalizeLatents(z.transpose(0, 1).reshape(-1, z.shape[3]));
        if (_last > 0)
            x = PgganGenerator.Prepare(_generator.Blocks(_generator.DenseNormalized(x), 1, _last), _last);
        var maps = new Tensor[_subspaces.Length];
        for (var r = 0; r < maps.Length; r++)
        {
            var (weight, bias) = _subspaces[r];
            var share = x.narrow(0, r * perSubspace, perSubspace);
            var features =
                _last == 0
                    ? PgganGenerator.DenseLayer(share, weight, bias)
                    : NetworkLayers.Activate(NetworkLayers.Convolve(share, weight, bias));
            maps[r] = features.view(images, codes, features.shape[1], features.shape[2], features.shape[3]).MoveToOuterDisposeScope();
        }

        return new SubspaceFeatures(maps, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (weight, bias) in _subspaces)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }
}
