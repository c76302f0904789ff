using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>A StyleGAN2 generator's checked weights in managed memory, on no device, as <see cref="RosinalityLayout"/> has them.</summary>
public sealed class StyleGan2Weights : IStyledWeights
{
    private readonly StyleGan2Architecture _architecture;
    private readonly IReadOnlyDictionary<(Part, int), float[]> _values;

    /// <param name="architecture">Its sizes.</param>
    /// <param name="values">For each part of <see cref="PartsOf"/> its elements; noises, their strengths and the mean style where there are any.</param>
    internal StyleGan2Weights(StyleGan2Architecture architecture, IReadOnlyDictionary<(Part, int), float[]> values) =>
        (_architecture, _values) = (architecture, values);

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture => _architecture;

    /// <summary>Whether it has constant noise for every block; without, it draws without noise.</summary>
    internal bool HasNoise => _values.ContainsKey((Part.Noise, 0));

    /// <inheritdoc/>
    public bool HasNoiseStrengths => Enumerable.Range(0, _architecture.Layers).All(i => _values.ContainsKey((Part.NoiseStrength, i)));

    /// <summary>Whether it has the mean of styles.</summary>
    internal bool HasMeanStyle => _values.ContainsKey((Part.MeanStyle, 0));

    /// <summary>ψ, by which styles of codes are drawn nearer to their mean; 1 for styles as the mapping gives them.</summary>
    internal double Truncation => _values.TryGetValue((Part.Truncation, 0), out var truncation) ? truncation[0] : 1;

    /// <inheritdoc/>
    public string? Drawing
    {
        get
        {
            string?[] all =
            [
                Truncation < 1 ? string.Create(CultureInfo.InvariantCulture, $"truncation {(float)Truncation}") : null,
                HasNoise ? null : "no noise",
            ];
            var said = string.Join(", ", all.OfType<string>());
            return said.Length > 0 ? said : null;
        }
    }

    /// <inheritdoc/>
    public IStyledWeights With(DrawingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var values = new Dictionary<(Part, int), float[]>(_values);
        if (options.Truncation is { } truncation)
        {
            if (truncation is not (> 0 and <= 1))
                throw new ArgumentException($"Styles cannot be truncated by {truncation}.", nameof(options));
            values.Remove((Part.Truncation, 0));
            if (truncation < 1)
                values[(Part.Truncation, 0)] = [(float)truncation];
        }

        if (options.Noise is { } noise)
        {
            if (noise.Seed is not null && !HasNoiseStrengths)
                throw new ArgumentException("There are no strengths of noise.", nameof(options));
            using var scope = NewDisposeScope();
            for (var block = 0; block < _architecture.Layers; block++)
            {
                values.Remove((Part.Noise, block));
                long side = _architecture.ResolutionAt(block + 1);
                if (noise.Seed is { } seed)
                    values[(Part.Noise, block)] = NormalNumbers.Draw(seed, block, side, side).data<float>().ToArray();
            }
        }

        return new StyleGan2Weights(_architecture, values);
    }

    /// <inheritdoc/>
    public byte[] ToSafetensors()
    {
        var writer = new SafetensorsWriter();
        foreach (var (part, index, shape) in PartsOf(_architecture))
            if (_values.TryGetValue((part, index), out var elements))
                writer.Add(RosinalityLayout.OwnNameOf(part, index), elements, shape);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) =>
        new StyleGan2Generator(this, _architecture, device, dtype);

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

    /// <summary>The parts that an image can have of its own: all but the mapping and what is not learned.</summary>
    internal static IEnumerable<(Part Part, int Index, long[] Shape)> OwnPartsOf(StyleGan2Architecture architecture) =>
        PartsOf(architecture)
            .Where(part =>
                part.Part is not (Part.MappingWeight or Part.MappingBias or Part.Noise or Part.MeanStyle or Part.Clamp or Part.Truncation)
            )
            .Select(part =>
                (part.Part, part.Index, part.Part is Part.NoiseStrength ? part.Shape : [.. part.Shape.Where(size => size != 1)])
            );

    /// <summary>A part's elements on a device, in a shape; owned by the caller's dispose scope.</summary>
    internal Tensor Tensor(Part part, int index, Device device, ScalarType dtype, params ReadOnlySpan<long> shape) =>
        tensor(_values[(part, index)], dtype: dtype).reshape(shape.ToArray()).to(device);
}
