using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Pggan;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Seeded networks of any sizes with random weights, as files.</summary>
internal static class RandomGenerator
{
    /// <summary>8 pixels, 4 blocks.</summary>
    public static GeneratorArchitecture Tiny { get; } = new PgganArchitecture(6, [8, 8, 5, 4]);

    /// <summary>16 pixels, 6 blocks: deep enough for the bundled generator's splits.</summary>
    public static GeneratorArchitecture Small { get; } = new PgganArchitecture(16, [16, 16, 16, 12, 12, 8]);

    /// <summary>The paper's channel table: min(16384 / resolution, 512), latent 512.</summary>
    public static GeneratorArchitecture Paper(int resolution) => Wide(512, resolution);

    /// <summary>Half of the paper's channels, and so a quarter of its work.</summary>
    public static GeneratorArchitecture HalfOfPaper(int resolution) => Wide(256, resolution);

    private static PgganArchitecture Wide(int channels, int resolution) =>
        new(
            channels,
            [
                .. Enumerable
                    .Range(2, int.Log2(resolution) - 1)
                    .SelectMany(power => Enumerable.Repeat(Math.Min((32 * channels) >> power, channels), 2)),
            ]
        );

    public static byte[] File(GeneratorArchitecture architecture, int seed = 1)
    {
        var random = new Random(seed);
        var writer = new SafetensorsWriter();
        long input = architecture.LatentSize;
        for (var i = 0; i < architecture.Layers; i++)
        {
            long output = architecture.Channels[i],
                size = i == 0 ? 4 : 3;
            Add(writer, random, $"layer{i}.conv.weight", output, input, size, size);
            Add(writer, random, $"layer{i}.wscale.bias", output);
            input = output;
        }

        var last = $"output{architecture.Layers / 2 - 1}";
        Add(writer, random, $"{last}.conv.weight", 3, input, 1, 1);
        Add(writer, random, $"{last}.wscale.bias", 3);
        return writer.Add("lod", [0], 1).ToArray();
    }

    public static byte[] DiscriminatorFile(int resolution, IReadOnlyList<int> channels, int seed = 2)
    {
        var random = new Random(seed);
        var writer = new SafetensorsWriter();
        Add(writer, random, $"fromrgb.{resolution}.weight", channels[0], 3, 1, 1);
        Add(writer, random, $"fromrgb.{resolution}.bias", channels[0]);
        for (var block = 0; block < channels.Count - 1; block++)
        {
            Add(writer, random, $"conv0.{resolution >> block}.weight", channels[block], channels[block], 3, 3);
            Add(writer, random, $"conv0.{resolution >> block}.bias", channels[block]);
            Add(writer, random, $"conv1.{resolution >> block}.weight", channels[block + 1], channels[block], 3, 3);
            Add(writer, random, $"conv1.{resolution >> block}.bias", channels[block + 1]);
        }

        return writer.ToArray();
    }

    public static IGenerator Load(
        GeneratorArchitecture architecture,
        TorchSharp.torch.ScalarType dtype = TorchSharp.torch.ScalarType.Float32
    ) => EngineCatalog.BuiltIn.Families.Read(File(architecture), "random").Load(TorchSharp.torch.CPU, dtype);

    private static void Add(SafetensorsWriter writer, Random random, string name, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
        var spread = name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0.1;
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(spread * Normal(random));
        writer.Add(name, values, shape);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
