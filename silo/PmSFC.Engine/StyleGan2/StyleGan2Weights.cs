using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>A StyleGAN2 generator's checked weights, as <see cref="RosinalityLayout"/> has them.</summary>
public sealed class StyleGan2Weights : StyledWeights
{
    private readonly StyleGan2Architecture _architecture;

    /// <param name="architecture">Its sizes.</param>
    /// <param name="values">For each part of <see cref="PartsOf"/> its elements.</param>
    internal StyleGan2Weights(StyleGan2Architecture architecture, IReadOnlyDictionary<(Part, int), float[]> values)
        : base(values) => _architecture = architecture;

    /// <inheritdoc/>
    public override GeneratorArchitecture Architecture => _architecture;

    private protected override IEnumerable<(Part Part, int Index, long[] Shape)> Parts => PartsOf(_architecture);

    /// <inheritdoc/>
    /// <remarks>Biases too have the gain of √2 that follows each activation: it is homogeneous.</remarks>
    public override IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) =>
        new StyledGenerator(
            StyleMapping.Load(this, _architecture, biasGain: Math.Sqrt(2), device, dtype),
            new StyleGan2Synthesis(this, _architecture, device, dtype),
            _architecture
        );

    /// <summary>The parts of a generator and their sizes, in the order of the project's files.</summary>
    internal static IEnumerable<(Part Part, int Index, long[] Shape)> PartsOf(StyleGan2Architecture architecture)
    {
        long style = architecture.StyleSize,
            colors = architecture.Colors;
        for (var i = 0; i < architecture.MappingLayers; i++)
        {
            yield return (Part.MappingWeight, i, [style, architecture.MappingInputs(i)]);
            yield return (Part.MappingBias, i, [style]);
        }

        yield return (Part.Constant, 0, [1, architecture.InputsOf(0), 4, 4]);
        for (var i = 0; i < architecture.Layers; i++)
        {
            long inputs = architecture.InputsOf(i),
                outputs = architecture.Channels[i],
                side = architecture.ResolutionAt(i + 1);
            yield return (Part.Kernel, i, [1, outputs, inputs, 3, 3]);
            yield return (Part.Modulation, i, [inputs, style]);
            yield return (Part.ModulationBias, i, [inputs]);
            yield return (Part.NoiseStrength, i, [1]);
            yield return (Part.Bias, i, [outputs]);
            yield return (Part.Noise, i, [1, 1, side, side]);
            if (!architecture.EndsResolution(i + 1))
                continue;
            yield return (Part.RgbKernel, i, [1, colors, outputs, 1, 1]);
            yield return (Part.RgbModulation, i, [outputs, style]);
            yield return (Part.RgbModulationBias, i, [outputs]);
            yield return (Part.RgbBias, i, [1, colors, 1, 1]);
        }

        yield return (Part.MeanStyle, 0, [style]);
        if (architecture.Clamp > 0)
            yield return (Part.Clamp, 0, [1]);
        yield return (Part.Truncation, 0, [1]);
    }

    internal override string NameOf(Part part, int index) => RosinalityLayout.OwnNameOf(part, index);

    private protected override StyledWeights With(IReadOnlyDictionary<(Part, int), float[]> values) =>
        new StyleGan2Weights(_architecture, values);
}
