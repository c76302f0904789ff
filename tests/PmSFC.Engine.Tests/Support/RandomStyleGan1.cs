using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.StyleGan1;
using PmSFC.Engine.Styles;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Seeded StyleGAN1 generators of any sizes with random weights, as the project's own files.</summary>
internal static class RandomStyleGan1
{
    /// <summary>16 pixels, 6 blocks.</summary>
    public static StyleGan1Architecture Tiny { get; } = new(6, [8, 7, 7, 6, 5, 5], styleSize: 5, mappingLayers: 2, colors: 3);

    /// <summary>Codes and styles of one length, and the channels of 4×4, 8×8 and so on.</summary>
    public static StyleGan1Architecture Of(int latent, int mappingLayers, IEnumerable<int> channels) =>
        new(latent, [.. channels.SelectMany(count => Enumerable.Repeat(count, 2))], latent, mappingLayers, colors: 3);

    public static byte[] File(StyleGan1Architecture architecture, int seed = 1)
    {
        var random = new Random(seed);
        var writer = new SafetensorsWriter();
        foreach (var (part, index, shape) in StyleGan1Weights.PartsOf(architecture).Where(part => part.Part is not Part.Truncation))
        {
            // The mapping's layers are stored a hundred times as large as they are used.
            var spread = part switch
            {
                Part.MappingWeight => 100,
                Part.MappingBias => 20,
                Part.ModulationBias or Part.Bias or Part.RgbBias or Part.NoiseStrength => 0.3,
                _ => 1.0,
            };
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (var i = 0; i < values.Length; i++)
                values[i] = (float)(
                    spread * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                );
            writer.Add(GenforceStyleGan1Layout.OwnNameOf(part, index), values, shape);
        }

        return writer.ToArray();
    }
}
