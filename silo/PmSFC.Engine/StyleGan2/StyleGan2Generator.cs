using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>A StyleGAN2 generator on a device: a mapping, and what draws of styles.</summary>
internal sealed class StyleGan2Generator : IStyledGenerator
{
    private readonly StyleGan2Mapping _mapping;
    private readonly StyleGan2Synthesis _synthesis;

    public StyleGan2Generator(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
    {
        Architecture = architecture;
        _mapping = new StyleGan2Mapping(weights, architecture, device, dtype);
        _synthesis = new StyleGan2Synthesis(weights, architecture, device, dtype);
    }

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture { get; }

    /// <inheritdoc/>
    public Device Device => _synthesis.Device;

    /// <inheritdoc/>
    public ScalarType Dtype => _synthesis.Dtype;

    /// <inheritdoc/>
    public Tensor MeanStyle => _mapping.Mean;

    /// <inheritdoc/>
    public double StyleSpread => _mapping.Spread;

    /// <inheritdoc/>
    public IReadOnlyList<int> NoiseSides => _synthesis.NoiseSides;

    /// <inheritdoc/>
    public IGenerator Synthesis => _synthesis;

    /// <inheritdoc/>
    public Tensor NormalizeLatents(Tensor z) => StyleGan2Mapping.Normalize(z);

    /// <inheritdoc/>
    public Tensor Styles(Tensor z) => _mapping.Forward(z);

    /// <inheritdoc/>
    public Tensor Draw(Tensor styles, IReadOnlyList<Tensor> noises) => _synthesis.Draw(styles, noises);

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> OwnWeights => _synthesis.OwnWeights;

    /// <inheritdoc/>
    public Tensor DrawMoved(Tensor styles, IReadOnlyList<Tensor> changes) => _synthesis.DrawMoved(styles, changes);

    /// <inheritdoc/>
    public SplitFeatures WithoutImage(SplitFeatures features) => features with { Context = [features.Context[0]] };

    /// <inheritdoc/>
    public SplitFeatures WithUpperStyles(SplitFeatures features, int split, Tensor styles)
    {
        // What is before the cut has been drawn, or is not drawn at all, so that those places' styles are of no use.
        var places = cat([zeros([styles.shape[0], split, styles.shape[2]], dtype: Dtype, device: Device), styles], 1);
        return features with { Context = [places, .. features.Context.Skip(1)] };
    }

    /// <inheritdoc/>
    public SplitFeatures Lower(Tensor z, int split)
    {
        using var scope = NewDisposeScope();
        return _synthesis.Lower(Styles(z), split).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public SplitFeatures Advance(SplitFeatures features, int from, int to) => _synthesis.Advance(features, from, to);

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features) => _synthesis.Output(features);

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new Mapped(_mapping, _synthesis.Restrict(partition, split));

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        _synthesis.Dispose();
    }

    /// <summary>G1 for codes that each serve one subspace, by that for styles.</summary>
    private sealed class Mapped(StyleGan2Mapping mapping, IRestrictedLower ofStyles) : IRestrictedLower
    {
        public SubspaceFeatures Forward(Tensor z)
        {
            using var scope = NewDisposeScope();
            var styles = mapping.Forward(z.flatten(0, 2));
            return ofStyles.Forward(styles.view([.. z.shape[..3], -1])).MoveToOuterDisposeScope();
        }

        public void Dispose() => ofStyles.Dispose();
    }
}
