using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>A generator with styles: its checked weights in managed memory, on no device, as its family's own files have them.</summary>
public abstract class StyledWeights : IStyledWeights
{
    private readonly IReadOnlyDictionary<(Part, int), float[]> _values;

    /// <param name="values">Each part's elements; noises, their strengths and the mean style where there are any.</param>
    private protected StyledWeights(IReadOnlyDictionary<(Part, int), float[]> values) => _values = values;

    /// <inheritdoc/>
    public abstract GeneratorArchitecture Architecture { get; }

    /// <inheritdoc/>
    public bool HasNoiseStrengths => Blocks.All(block => _values.ContainsKey((Part.NoiseStrength, block)));

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

    /// <summary>Whether it has constant noise for every block; without, it draws without noise.</summary>
    internal bool HasNoise => _values.ContainsKey((Part.Noise, 0));

    /// <summary>Whether it has the mean of styles.</summary>
    internal bool HasMeanStyle => _values.ContainsKey((Part.MeanStyle, 0));

    /// <summary>ψ, by which styles of codes are drawn nearer to their mean; 1 for styles as the mapping gives them.</summary>
    internal double Truncation => _values.TryGetValue((Part.Truncation, 0), out var truncation) ? truncation[0] : 1;

    private IEnumerable<int> Blocks => Enumerable.Range(0, Architecture.Layers);

    /// <summary>The parts and their sizes, in the order of the project's files.</summary>
    private protected abstract IEnumerable<(Part Part, int Index, long[] Shape)> Parts { get; }

    /// <inheritdoc/>
    public abstract IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32);

    /// <inheritdoc/>
    public byte[] ToSafetensors()
    {
        var writer = new SafetensorsWriter();
        foreach (var (part, index, shape) in Parts)
            if (_values.TryGetValue((part, index), out var elements))
                writer.Add(NameOf(part, index), elements, shape);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public IStyledWeights With(DrawingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var values = new Dictionary<(Part, int), float[]>(_values);
        if (options.Truncation is { } truncation)
        {
            if (!DrawingOptions.CanTruncateBy(truncation))
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
            foreach (var block in Blocks)
            {
                values.Remove((Part.Noise, block));
                long side = Architecture.ResolutionAt(block + 1);
                if (noise.Seed is { } seed)
                    values[(Part.Noise, block)] = NormalNumbers.Draw(seed, block, side, side).data<float>().ToArray();
            }
        }

        return With(values);
    }

    /// <summary>A part's elements on a device, in a shape; owned by the caller's dispose scope.</summary>
    internal Tensor Tensor(Part part, int index, Device device, ScalarType dtype, params ReadOnlySpan<long> shape) =>
        tensor(_values[(part, index)], dtype: dtype).reshape(shape.ToArray()).to(device);

    /// <summary>What the project's files call a part.</summary>
    internal abstract string NameOf(Part part, int index);

    /// <summary>The same generator with other elements.</summary>
    private protected abstract StyledWeights With(IReadOnlyDictionary<(Part, int), float[]> values);
}
