using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Json;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Support;

/// <summary>A 16-pixel generator of random weights: 6 blocks, 12 to 6 channels, latent 8.</summary>
internal static class TinyGenerator
{
    private static readonly int[] Channels = [12, 12, 12, 8, 8, 6];

    public const int Latent = 8,
        Resolution = 16;

    public static byte[] Weights { get; } = Write();

    public static string Id { get; } = GeneratorId.Of(Weights, null);

    /// <summary>SqueezeNet 1.1 to its module 7 with random weights, under torchvision's names.</summary>
    public static byte[] SqueezeNet { get; } = WriteSqueezeNet();

    public static async Task<GeneratorCard> Store(IArtifactStore store)
    {
        var card = new GeneratorCard
        {
            Id = Id,
            Name = "tiny",
            Layout = "genforce",
            Resolution = Resolution,
            LatentSize = Latent,
            Channels = [.. Channels],
        };
        await store.WriteOnceAsync(ArtifactNames.GeneratorWeights(Id), Weights);
        await store.WriteOnceAsync(ArtifactNames.GeneratorCard(Id), ArtifactJson.Write(card));
        return card;
    }

    /// <summary>Stores an image of random smooth colours and returns its id.</summary>
    public static async Task<string> StoreImage(IArtifactStore store, int seed)
    {
        var random = new Random(seed);
        var (a, b, c) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
        var pixels = new byte[3 * Resolution * Resolution];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(127.5 * (1 + Math.Sin(a * i / 3 % Resolution + b * i / 48 + c * (i % 3))));
        var image = new RgbImage(Resolution, Resolution, pixels);
        await store.WriteOnceAsync(ArtifactNames.Image(image.ContentId), ImageFile.EncodePng(image));
        return image.ContentId;
    }

    /// <summary>The first convolutions of VGG16, all weights 0, under torchvision's names: 7 to relu3_3, 9 to relu4_2.</summary>
    public static byte[] Vgg16(int convolutions)
    {
        var writer = new SafetensorsWriter();
        var input = 3;
        (int Index, int Outputs)[] layers = [(0, 64), (2, 64), (5, 128), (7, 128), (10, 256), (12, 256), (14, 256), (17, 512), (19, 512)];
        foreach (var (index, output) in layers.Take(convolutions))
        {
            writer
                .Add($"features.{index}.weight", new float[output * input * 9], output, input, 3, 3)
                .Add($"features.{index}.bias", new float[output], output);
            input = output;
        }

        return writer.ToArray();
    }

    private static byte[] WriteSqueezeNet()
    {
        var writer = new SafetensorsWriter();
        Convolution("features.0", 3, 64, 3);
        foreach (
            var (index, input, squeezed, expanded) in ((int, int, int, int)[])
                [(3, 64, 16, 64), (4, 128, 16, 64), (6, 128, 32, 128), (7, 256, 32, 128)]
        )
        {
            Convolution($"features.{index}.squeeze", input, squeezed, 1);
            Convolution($"features.{index}.expand1x1", squeezed, expanded, 1);
            Convolution($"features.{index}.expand3x3", squeezed, expanded, 3);
        }

        return writer.ToArray();

        void Convolution(string name, int input, int output, int side) =>
            writer
                .Add(
                    $"{name}.weight",
                    [.. Enumerable.Range(0, output * input * side * side).Select(i => (float)(0.1 * Math.Sin(i)))],
                    output,
                    input,
                    side,
                    side
                )
                .Add($"{name}.bias", new float[output], output);
    }

    private static byte[] Write()
    {
        var random = new Random(17);
        var writer = new SafetensorsWriter();
        var input = Latent;
        for (var i = 0; i < Channels.Length; i++)
        {
            var side = i == 0 ? 4 : 3;
            writer.Add($"layer{i}.conv.weight", Normal(Channels[i] * input * side * side, 1), Channels[i], input, side, side);
            writer.Add($"layer{i}.wscale.bias", Normal(Channels[i], 0.1), Channels[i]);
            input = Channels[i];
        }

        writer.Add($"output{Channels.Length / 2 - 1}.conv.weight", Normal(3 * input, 0.5), 3, input, 1, 1);
        writer.Add($"output{Channels.Length / 2 - 1}.wscale.bias", Normal(3, 0.1), 3);
        return writer.ToArray();

        float[] Normal(int count, double deviation) => [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Gaussian()))];

        double Gaussian() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
