using PmSFC.Abstractions.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using PmSFC.Storage;
using static TorchSharp.torch;

namespace PmSFC.Cli.Demo;

/// <summary>
/// Eight faces that need no data: two samples of the generator joined along a soft edge, under a colour cast, shifted, and partly covered by a
/// disc or a bar. No code of the generator draws them exactly, so inverting them is a task, as it is for a photograph.
/// </summary>
internal static class DemoFaces
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    /// <summary>What they are, for people who look at the numbers.</summary>
    public const string Description =
        "composites of two of the generator's own samples each, with a colour cast, a shift and an occlusion, so outside the generator's range";

    private const int Seed = 20210;
    private const double EdgeWidth = 0.12;

    /// <summary>Makes the faces; the same ones on the same kind of machine.</summary>
    public static async Task<IReadOnlyList<RgbImage>> CreateAsync(
        IArtifactStore store,
        GeneratorCard card,
        CancellationToken cancellationToken
    )
    {
        var name = ArtifactNames.GeneratorWeights(card.Id);
        var weights = await store.ReadAsync(name, cancellationToken)
            ?? throw new StoreException(StoreFailure.Damaged, $"{name} is missing in {store.Description}; import the generator again.");
        return Create(EngineCatalog.BuiltIn.Families.Read(weights.Content, name));
    }

    private static List<RgbImage> Create(IGeneratorWeights weights)
    {
        var random = new Random(Seed);
        using var scope = NewDisposeScope();
        using var generator = weights.Load(CPU);
        using var _ = no_grad();
        var latent = weights.Architecture.LatentSize;
        var codes = Enumerable.Range(0, 2 * Count * latent).Select(_ => (float)Normal(random)).ToArray();
        var samples = ImageTensors.FromTensor(generator.Forward(tensor(codes).view(2 * Count, latent)));
        return [.. Enumerable.Range(0, Count).Select(i => Compose(samples[2 * i], samples[2 * i + 1], random))];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static RgbImage Compose(RgbImage first, RgbImage second, Random random)
    {
        int side = first.Width,
            largestShift = side / 16;
        var (edge, tilt) = (0.35 + 0.3 * random.NextDouble(), random.NextDouble() - 0.5);
        var cast = new[] { 0.8 + 0.4 * random.NextDouble(), 0.8 + 0.4 * random.NextDouble(), 0.8 + 0.4 * random.NextDouble() };
        var (right, down) = (random.Next(-largestShift, largestShift + 1), random.Next(-largestShift, largestShift + 1));
        var occlusion = new Occlusion(random);
        var pixels = new byte[3 * side * side];
        for (var y = 0; y < side; y++)
        for (var x = 0; x < side; x++)
        {
            var (fromX, fromY) = (Math.Clamp(x - right, 0, side - 1), Math.Clamp(y - down, 0, side - 1));
            var (a, b) = (first[fromX, fromY], second[fromX, fromY]);
            var across = (fromX + 0.5) / side + tilt * ((fromY + 0.5) / side - 0.5);
            var share = 1 / (1 + Math.Exp((across - edge) / EdgeWidth * 4));
            var at = 3 * (y * side + x);
            if (occlusion.ColourAt((x + 0.5) / side, (y + 0.5) / side) is { } covered)
            {
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (covered.R, covered.G, covered.B);
                continue;
            }

            pixels[at] = Byte(cast[0] * (share * a.R + (1 - share) * b.R));
            pixels[at + 1] = Byte(cast[1] * (share * a.G + (1 - share) * b.G));
            pixels[at + 2] = Byte(cast[2] * (share * a.B + (1 - share) * b.B));
        }

        return new RgbImage(side, side, pixels);
    }

    private static byte Byte(double value) => (byte)Math.Round(Math.Clamp(value, 0, 255), MidpointRounding.ToEven);

    /// <summary>A disc or a bar of one colour; places are shares of the image's side.</summary>
    private sealed class Occlusion
    {
        private readonly bool _isBar;
        private readonly double _x;
        private readonly double _y;
        private readonly double _size;
        private readonly Rgb _colour;

        public Occlusion(Random random)
        {
            _isBar = random.Next(2) == 0;
            (_x, _y) = (0.2 + 0.6 * random.NextDouble(), 0.2 + 0.6 * random.NextDouble());
            _size = 0.06 + 0.06 * random.NextDouble();
            _colour = new Rgb((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        }

        public Rgb? ColourAt(double x, double y) =>
            (_isBar ? Math.Abs(y - _y) < _size / 2 : Math.Pow(x - _x, 2) + Math.Pow(y - _y, 2) < _size * _size) ? _colour : null;
    }
}
