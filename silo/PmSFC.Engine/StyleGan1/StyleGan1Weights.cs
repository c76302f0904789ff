using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan1;

/// <summary>A StyleGAN1 generator's checked weights, as <see cref="GenforceStyleGan1Layout"/> has them.</summary>
public sealed class StyleGan1Weights : StyledWeights
{
    private readonly StyleGan1Architecture _architecture;

    /// <param name="architecture">Its sizes.</param>
    /// <param name="values">For each part of <see cref="PartsOf"/> its elements.</param>
    internal StyleGan1Weights(StyleGan1Architecture architecture, IReadOnlyDictionary<(Part, int), float[]> values)
        : base(values) => _architecture = architecture;

    /// <inheritdoc/>
    public override GeneratorArchitecture Architecture => _architecture;

    private protected override IEnumerable<(Part Part, int Index, long[] Shape)> Parts => PartsOf(_architecture);

    /// <inheritdoc/>
    public override IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) =>
        new StyledGenerator(
            StyleMapping.Load(this, _architecture, biasGain: 1, device, dtype),
            new StyleGan1Synthesis(this, _architecture, device, dtype),
            _architecture
        );

    /// <summary>The parts of a generator and their sizes, in the order of the project's files.</summary>
    internal static IEnumerable<(Part Part, int Index, long[] Shape)> PartsOf(StyleGan1Architecture architecture)
    {
        long style = architecture.StyleSize;
        for (var i = 0; i < architecture.MappingLayers; i++)
        {
            yield return (Part.MappingWeight, i, [style, architecture.MappingInputs(i)]);
            yield return (Part.MappingBias, i, [style]);
        }

        yield return (Part.MeanStyle, 0, [style]);
        for (var i = 0; i < architecture.Layers; i++)
        {
            long outputs = architecture.Channels[i],
                side = architecture.ResolutionAt(i + 1);
            yield return i == 0 ? (Part.Constant, 0, [1, outputs, 4, 4]) : (Part.Kernel, i, [outputs, architecture.Channels[i - 1], 3, 3]);
            yield return (Part.Bias, i, [outputs]);
            yield return (Part.NoiseStrength, i, [outputs]);
            yield return (Part.Noise, i, [1, 1, side, side]);
            yield return (Part.Modulation, i, [2 * outputs, style]);
            yield return (Part.ModulationBias, i, [2 * outputs]);
        }

        yield return (Part.RgbKernel, architecture.Layers - 1, [architecture.Colors, architecture.Channels[^1], 1, 1]);
        yield return (Part.RgbBias, architecture.Layers - 1, [architecture.Colors]);
        yield return (Part.Truncation, 0, [1]);
    }

    internal override string NameOf(Part part, int index) => GenforceStyleGan1Layout.OwnNameOf(part, index);

    private protected override StyledWeights With(IReadOnlyDictionary<(Part, int), float[]> values) =>
        new StyleGan1Weights(_architecture, values);
}
