using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>G1 of a generator for styles: of a block each channel's kernel, noise, bias and what a style does to it are its own.</summary>
internal sealed class StyledRestrictedLower : RestrictedLower
{
    private readonly StyledSynthesis _generator;
    private readonly int _last;
    private readonly IStyledBlock[] _subspaces;

    public StyledRestrictedLower(StyledSynthesis generator, ChannelPartition partition, int split)
        : base(partition)
    {
        generator.Architecture.CheckPartition(partition, split);

        _generator = generator;
        _last = split - 1;
        _subspaces = [.. Enumerable.Range(0, partition.Count).Select(r => generator.BlockAt(_last).Restrict(partition.ChannelsOf(r)))];
    }

    public override void Dispose()
    {
        foreach (var block in _subspaces)
            block.Dispose();
    }

    protected override SplitFeatures BeforeLast(Tensor z) => _generator.Before(z, _last);

    protected override SplitFeatures Last(SplitFeatures before, int subspace) => StyledSynthesis.Apply(before, _last, _subspaces[subspace]);
}
