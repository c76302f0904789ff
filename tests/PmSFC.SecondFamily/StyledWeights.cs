using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.SecondFamily;

/// <summary>A styled generator's weights in managed memory.</summary>
public sealed class StyledWeights : IGeneratorWeights
{
    private readonly StyledArchitecture _architecture;
    private readonly IReadOnlyDictionary<string, float[]> _values;

    internal StyledWeights(StyledArchitecture architecture, IReadOnlyDictionary<string, float[]> values) =>
        (_architecture, _values) = (architecture, values);

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture => _architecture;

    /// <summary>Seeded random weights.</summary>
    public static StyledWeights Random(StyledArchitecture architecture, int seed = 1)
    {
        var random = new Random(seed);
        return new StyledWeights(
            architecture,
            TensorsOf(architecture)
                .ToDictionary(
                    tensor => tensor.Name,
                    tensor =>
                    {
                        var fanIn = tensor.Name == "constant" ? 1 : tensor.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
                        var values = new float[tensor.Shape.Aggregate(1L, (product, size) => product * size)];
                        for (var i = 0; i < values.Length; i++)
                            values[i] = (float)((2 * random.NextDouble() - 1) * Math.Sqrt(6.0 / fanIn));
                        return values;
                    }
                )
        );
    }

    /// <inheritdoc/>
    public byte[] ToSafetensors()
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, shape) in TensorsOf(_architecture))
            writer.Add(name, _values[name], shape);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) =>
        new StyledGenerator(
            _architecture,
            TensorsOf(_architecture)
                .ToDictionary(
                    t => t.Name,
                    t => tensor(_values[t.Name], dtype: dtype, device: device).view(t.Shape).DetachFromDisposeScope()
                ),
            device,
            dtype
        );

    internal static IEnumerable<(string Name, long[] Shape)> TensorsOf(StyledArchitecture architecture)
    {
        long latent = architecture.LatentSize;
        yield return ("mapping.styled", [latent, latent]);
        yield return ("constant", [architecture.InputsOf(0), 4, 4]);
        for (var i = 0; i < architecture.Layers; i++)
        {
            long inputs = architecture.InputsOf(i),
                outputs = architecture.Channels[i];
            yield return ($"block{i}.style", [inputs, latent]);
            yield return ($"block{i}.weight", [outputs, inputs, 3, 3]);
            yield return ($"rgb{i}.weight", [3, outputs, 1, 1]);
        }
    }
}
