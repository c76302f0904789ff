using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.StyleGan2;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Seeded StyleGAN2 generators of any sizes with random weights, as files with rosinality's names.</summary>
internal static class RandomStyleGan2
{
    /// <summary>16 pixels, 5 blocks.</summary>
    public static StyleGan2Architecture Tiny { get; } = new(6, [8, 7, 7, 5, 5], styleSize: 5, mappingLayers: 2, colors: 3);

    /// <summary>8 pixels, 3 blocks, codes of 6 numbers, as the tiny PGGAN has them.</summary>
    public static StyleGan2Architecture Tiny8 { get; } = Of(6, mappingLayers: 2, [8, 7]);

    /// <summary>32 pixels, 7 blocks: deep enough for the bundled generator's splits.</summary>
    public static StyleGan2Architecture Small { get; } = Of(6, mappingLayers: 2, [8, 7, 6, 5]);

    /// <summary>Codes and styles of one length, and the channels of 4×4, 8×8 and so on.</summary>
    public static StyleGan2Architecture Of(int latent, int mappingLayers, IEnumerable<int> channels) =>
        new(latent, [.. channels.SelectMany((count, i) => Enumerable.Repeat(count, i == 0 ? 1 : 2))], latent, mappingLayers, colors: 3);

    public static byte[] File(StyleGan2Architecture architecture, int seed = 1)
    {
        var random = new Random(seed);
        var writer = new SafetensorsWriter();
        foreach (var (part, index, shape) in StyleGan2Weights.PartsOf(architecture).Where(part => part.Part is not Part.Truncation))
        {
            // The mapping's layers are stored a hundred times as large as they are used, and scales begin at 1.
            var (mean, spread) = part switch
            {
                Part.Clamp => (architecture.Clamp, 0),
                Part.MappingWeight => (0, 100),
                Part.MappingBias => (0, 20),
                Part.ModulationBias or Part.RgbModulationBias => (1, 0.3),
                Part.Bias or Part.RgbBias or Part.NoiseStrength => (0, 0.3),
                _ => (0, 1.0),
            };
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(
                    mean + spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                );
            writer.Add(RosinalityLayout.OwnNameOf(part, index), values, shape);
        }

        return writer.ToArray();
    }

    /// <summary>The tiny generator's file without a tensor, or with another one.</summary>
    public static byte[] Changed(string without = "", (string Name, float[] Values, long[] Shape)? with = null) =>
        ChangedFile.Of(File(Tiny), without, with);
}
