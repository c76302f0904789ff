using PmSFC.Engine.Costs;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Dip;

/// <summary>The sizes of a deep image prior's network.</summary>
/// <param name="Resolution">Width and height of the image, in pixels.</param>
/// <param name="Scales">Times that maps are halved.</param>
/// <param name="Channels">Maps of each layer.</param>
/// <param name="SkipChannels">Maps that go past each halving.</param>
internal sealed record SkipArchitecture(int Resolution, int Scales, int Channels, int SkipChannels)
{
    /// <summary>Deviation of the noise that is added to the input at each step; 0 for none.</summary>
    public double InputJitter { get; init; }

    /// <summary>How maps are doubled.</summary>
    public InterpolationMode Upsampling { get; init; } = InterpolationMode.Bilinear;

    /// <summary>Maps of the noise that goes in.</summary>
    public const int Noise = 32;

    /// <summary>Maps that enter a scale, 0 being the finest.</summary>
    public int Input(int scale) => scale == 0 ? Noise : Channels;

    /// <summary>Every convolution: its place, its input and output maps, its kernel, and the side of what it gives.</summary>
    public IEnumerable<(string Name, int Input, int Output, int Kernel, int Side)> Convolutions()
    {
        for (var scale = 0; scale < Scales; scale++)
        {
            var side = Resolution >> scale;
            yield return ($"{scale}.skip", Input(scale), SkipChannels, 1, side);
            yield return ($"{scale}.down", Input(scale), Channels, 3, side / 2);
            yield return ($"{scale}.deep", Channels, Channels, 3, side / 2);
            yield return ($"{scale}.up", Channels + SkipChannels, Channels, 3, side);
            yield return ($"{scale}.mix", Channels, Channels, 1, side);
        }

        yield return ("out", Channels, 3, 1, Resolution);
    }

    /// <summary>What one image takes.</summary>
    public ModelPlan Plan()
    {
        var pixels = (double)Resolution * Resolution;
        var input = InputJitter > 0 ? LayerCost.Map(Noise * pixels) : default;
        var cost = input + Scale(0) + LayerCost.Convolution(Channels, 3, 1, pixels) + LayerCost.Map(2 * 3 * pixels);

        // Weights have gradients here, which the generator's do not, so that a backward pass takes two forward ones.
        var weights = Convolutions().Sum(layer => Weights(layer.Input, layer.Output, layer.Kernel));
        return new ModelPlan(cost with { MultiplyAdds = 1.5 * cost.MultiplyAdds }, weights)
        {
            Constants = Noise * pixels,
            Order = ImageOrder.OneByOne,
        };

        static double Weights(double inputs, double outputs, double kernel) => outputs * (inputs * kernel * kernel + 3);
    }

    private NetworkCost Scale(int scale)
    {
        var (side, joined) = (Resolution >> scale, Channels + SkipChannels);
        var cost =
            Block(Input(scale), SkipChannels, 1, side) + Block(Input(scale), Channels, 3, side, 2) + Block(Channels, Channels, 3, side / 2);
        if (scale + 1 < Scales)
            cost += Scale(scale + 1);
        return cost
            + Normalization(joined * side * side)
            + LayerCost.Map(joined * side * side)
            + Block(joined, Channels, 3, side)
            + Block(Channels, Channels, 1, side);
    }

    /// <summary>Borders, a convolution, its normalization, and an activation in place.</summary>
    private static NetworkCost Block(double inputs, double outputs, int kernel, int side, int stride = 1)
    {
        double padded = kernel == 1 ? 0 : inputs * (side + 2) * (side + 2),
            pixels = Math.Pow(side / stride, 2);

        // Normalizations have channels outermost and convolutions innermost: what goes in is copied, and so is the gradient on its way back.
        var convolution = new NetworkCost(0, 2 * outputs * pixels + 2 * inputs * side * side, inputs * outputs * kernel * kernel * pixels);

        // The normalization gives a view, and the derivative of a change in place of a view copies the gradient twice before it begins.
        var activation = new NetworkCost(outputs * pixels, 5 * outputs * pixels, 0);
        return new NetworkCost(padded, 2 * padded, 0) + convolution + Normalization(outputs * pixels) + activation;
    }

    /// <summary>It saves what it gets; either pass holds two more maps.</summary>
    private static NetworkCost Normalization(double elements) => new(elements, 3 * elements, 0);
}
