using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.SecondFamily;

/// <summary>G1 of a styled generator for codes that each serve one subspace.</summary>
internal sealed class StyledRestrictedLower : RestrictedLower
{
    private readonly StyledGenerator _generator;
    private readonly int _last;
    private readonly Tensor[] _weights;

    public StyledRestrictedLower(StyledGenerator generator, ChannelPartition partition, int split)
        : base(partition)
    {
        generator.Architecture.CheckPartition(partition, split);

        _generator = generator;
        _last = split - 1;
        using var scope = NewDisposeScope();
        _weights =
        [
            .. Enumerable
                .Range(0, partition.Count)
                .Select(subspace =>
                    generator
                        .Slice(
                            _last,
                            tensor(partition.ChannelsOf(subspace).Select(channel => (long)channel).ToArray(), device: generator.Device)
                        )
                        .DetachFromDisposeScope()
                ),
        ];
    }

    public override void Dispose()
    {
        foreach (var weight in _weights)
            weight.Dispose();
    }

    protected override SplitFeatures BeforeLast(Tensor z) =>
        _last == 0 ? new SplitFeatures(z) : _generator.Enlarged(_generator.Lower(z, _last), _last);

    protected override SplitFeatures Last(SplitFeatures before, int subspace) =>
        _last == 0 ? _generator.First(before.Maps, _weights[subspace]) : _generator.Block(before, _last, _weights[subspace]);
}
