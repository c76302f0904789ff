using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>G1 of a StyleGAN2 generator for styles: a channel's kernel, demodulation, noise and bias are its own.</summary>
internal sealed class StyleGan2RestrictedLower : RestrictedLower
{
    private readonly StyleGan2Synthesis _generator;
    private readonly int _last;
    private readonly StyledBlock[] _subspaces;

    public StyleGan2RestrictedLower(StyleGan2Synthesis generator, ChannelPartition partition, int split)
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

    protected override SplitFeatures BeforeLast(Tensor z) =>
        _last == 0 ? new SplitFeatures(z) : _generator.WithRgb(_generator.Lower(z, _last), _last);

    protected override SplitFeatures Last(SplitFeatures before, int subspace) =>
        _last == 0 ? _generator.Begin(before.Maps, _subspaces[subspace]) : StyleGan2Synthesis.Apply(before, _last, _subspaces[subspace]);
}
