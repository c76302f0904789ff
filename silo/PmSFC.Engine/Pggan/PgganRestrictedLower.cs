using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>G1 of a PGGAN: the cut is right after the last block's activation, and the pixel norm, which mixes channels, comes after it.</summary>
internal sealed class PgganRestrictedLower : RestrictedLower
{
    private readonly PgganGenerator _generator;
    private readonly int _last;
    private readonly (Tensor Weight, Tensor Bias)[] _subspaces;

    public PgganRestrictedLower(PgganGenerator generator, ChannelPartition partition, int split)
        : base(partition)
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

    public override void Dispose()
    {
        foreach (var (weight, bias) in _subspaces)
        {
            weight.Dispose();
            bias.Dispose();
        }
    }

    protected override SplitFeatures BeforeLast(Tensor z)
    {
        var x = _generator.NormalizeLatents(z);
        return new SplitFeatures(
            _last == 0 ? x : PgganGenerator.Prepare(_generator.Blocks(_generator.DenseNormalized(x), 1, _last), _last)
        );
    }

    protected override SplitFeatures Last(SplitFeatures before, int subspace)
    {
        var (weight, bias) = _subspaces[subspace];
        return new SplitFeatures(
            _last == 0
                ? PgganGenerator.DenseLayer(before.Maps, weight, bias)
                : NetworkLayers.Activate(NetworkLayers.Convolve(before.Maps, weight, bias))
        );
    }
}
