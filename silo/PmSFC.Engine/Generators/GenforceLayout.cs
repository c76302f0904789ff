using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators;

/// <summary>
/// Tensor names of genforce's PGGAN: <c>layer{i}.conv.weight</c>, <c>layer{i}.wscale.bias</c>, <c>output{b}.…</c>, <c>lod</c>; weights are stored
/// without the equalized learning rate's scale, which is √2/√fan-in, and 1/√fan-in for the output layer.
/// </summary>
internal static class GenforceLayout
{
    private static readonly double BlockGain = Math.Sqrt(2);

    public static GeneratorArchitecture Architecture(SafetensorsHeader header)
    {
        var layers = Enumerable.Range(0, header.Entries.Count).TakeWhile(i => header.Entries.ContainsKey(WeightName(i))).Count();
        if (layers is 0 or > 18 || layers % 2 != 0)
        {
            throw SafetensorsHeader.Damaged(
                header.FileName,
                $"holds {layers} tensors named '{WeightName(0)}' and on, but a generator has two for each resolution from 4 to at most 1024 pixels");
        }

        long input = Kernel(header, 0)[1];
        var latent = input;
        var channels = new int[layers];
        for (var i = 0; i < layers; i++)
        {
            var size = i == 0 ? 4 : 3;
            if (Kernel(header, i) is not [var output and > 0 and <= 65536, var into and > 0 and <= 65536, var height, var width]
                || into != input || height != size || width != size)
            {
                throw SafetensorsHeader.Damaged(
                    header.FileName,
                    $"holds '{WeightName(i)}' with shape [{string.Join(", ", Kernel(header, i))}], but [any, {input}, {size}, {size}] is needed");
            }

            channels[i] = (int)output;
            input = output;
        }

        return new GeneratorArchitecture((int)latent, channels);
    }

    public static GeneratorWeights Read(SafetensorsFile file)
    {
        var architecture = Architecture(file.Header);
        if (file.Header.Entries.ContainsKey("lod") && file.ReadFloats("lod", 1)[0] is var lod and not 0)
        {
            throw SafetensorsHeader.Damaged(
                file.Header.FileName,
                $"was stored in the middle of a fade-in (lod {lod}); only a fully grown generator (lod 0) can be used");
        }

        var layers = Enumerable.Range(0, architecture.Layers)
            .Select(i => Layer(file, $"layer{i}", [.. Kernel(file.Header, i)], BlockGain))
            .ToArray();
        var output = Layer(file, $"output{architecture.Layers / 2 - 1}", [3, architecture.Channels[^1], 1, 1], 1);
        return new GeneratorWeights(architecture, layers, output);
    }

    private static LayerWeights Layer(SafetensorsFile file, string name, long[] shape, double gain) => new(
        file.ReadFloats($"{name}.conv.weight", shape),
        shape,
        gain / Math.Sqrt(shape[1] * shape[2] * shape[3]),
        file.ReadFloats($"{name}.wscale.bias", shape[0]));

    private static IReadOnlyList<long> Kernel(SafetensorsHeader header, int layer) => header.Entry(WeightName(layer)).Shape is { Count: 4 } shape
        ? shape
        : throw SafetensorsHeader.Damaged(header.FileName, $"holds '{WeightName(layer)}', which is not a convolution's weight of four sizes");

    private static string WeightName(int layer) => $"layer{layer}.conv.weight";
}
