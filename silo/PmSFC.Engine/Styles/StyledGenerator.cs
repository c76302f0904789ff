using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>A generator on a device that is a mapping, and what draws of styles.</summary>
/// <param name="mapping">From codes to styles; owned.</param>
/// <param name="synthesis">From styles to images; owned.</param>
/// <param name="architecture">The sizes of both.</param>
internal sealed class StyledGenerator(StyleMapping mapping, StyledSynthesis synthesis, GeneratorArchitecture architecture)
    : IStyledGenerator
{
    /// <inheritdoc/>
    public GeneratorArchitecture Architecture => architecture;

    /// <inheritdoc/>
    public Device Device => synthesis.Device;

    /// <inheritdoc/>
    public ScalarType Dtype => synthesis.Dtype;

    /// <inheritdoc/>
    public Tensor MeanStyle => mapping.Mean;

    /// <inheritdoc/>
    public double StyleSpread => mapping.Spread;

    /// <inheritdoc/>
    public IReadOnlyList<int> NoiseSides => synthesis.NoiseSides;

    /// <inheritdoc/>
    public IGenerator Synthesis => synthesis;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> OwnWeights => synthesis.OwnWeights;

    /// <inheritdoc/>
    public Tensor NormalizeLatents(Tensor z) => StyleMapping.Normalize(z);

    /// <inheritdoc/>
    public Tensor Styles(Tensor z) => mapping.Forward(z);

    /// <inheritdoc/>
    public Tensor Draw(Tensor styles, IReadOnlyList<Tensor> noises) => synthesis.Draw(styles, noises);

    /// <inheritdoc/>
    public Tensor DrawMoved(Tensor styles, IReadOnlyList<Tensor> changes) => synthesis.DrawMoved(styles, changes);

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
        return synthesis.Lower(Styles(z), split).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public SplitFeatures Advance(SplitFeatures features, int from, int to) => synthesis.Advance(features, from, to);

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features) => synthesis.Output(features);

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new Mapped(mapping, synthesis.Restrict(partition, split));

    /// <inheritdoc/>
    public void Dispose()
    {
        mapping.Dispose();
        synthesis.Dispose();
    }

    /// <summary>G1 for codes that each serve one subspace, by that for styles.</summary>
    private sealed class Mapped(StyleMapping mapping, IRestrictedLower ofStyles) : IRestrictedLower
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
