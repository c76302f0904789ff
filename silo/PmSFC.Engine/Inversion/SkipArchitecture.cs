using PmSFC.Engine.Planning;

namespace PmSFC.Engine.Inversion;

/// <summary>The sizes of a deep image prior's network.</summary>
/// <param name="Resolution">Width and height of the image, in pixels.</param>
/// <param name="Scales">Times that maps are halved.</param>
/// <param name="Channels">Maps of each layer.</param>
/// <param name="SkipChannels">Maps that go past each halving.</param>
internal sealed record SkipArchitecture(int Resolution, int Scales, int Channels, int SkipChannels)
{
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

    /// <summary>
    /// Weights have gradients here, which the generator's do not, so that a backward pass takes two forward ones. Saved are a convolution's input,
    /// what its normalization gets, and what its activation gives.
    /// </summary>
    public ModelPlan Plan()
    {
        var cost = default(NetworkCost);
        var parameters = (double)Noise * Resolution * Resolution / 5;
        foreach (var (_, input, output, kernel, side) in Convolutions())
        {
            var pixels = (double)side * side;
            var weights = (double)input * output * kernel * kernel;
            cost += new NetworkCost((input + 2.0 * output) * pixels, Math.Max(input, output) * pixels, 1.5 * weights * pixels);
            parameters += weights + 3 * output;
        }

        return new ModelPlan(cost, parameters);
    }
}
