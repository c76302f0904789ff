using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// The names of rosinality's stylegan2-pytorch, in which the project keeps its own files too: <c>style.{i}</c> (mapping), <c>input.input</c>,
/// <c>conv1</c> and <c>convs.{i}</c> (blocks), <c>to_rgb1</c> and <c>to_rgbs.{i}</c>, <c>noises.noise_{i}</c>; <c>latent_avg</c> next to the network or
/// among its tensors. Weights are stored unscaled, with 1/√fan-in to be multiplied, and the mapping's with a further 0.01.
/// </summary>
public sealed class RosinalityLayout : IGeneratorLayout
{
    /// <summary>The name of the mean style.</summary>
    internal const string MeanStyle = "latent_avg";

    internal const string Constant = "input.input";

    // What outer([1, 3, 3, 1]) / 64 times 4 is for a convolution that enlarges, and for an image; a file may have it or not.
    private static readonly float[] Taps = [1, 3, 3, 1];

    /// <inheritdoc/>
    public string Name => "rosinality";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["conv1.conv.modulation.weight"];

    /// <inheritdoc/>
    public bool IsOwn => true;

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        var architecture = ArchitectureOf(tensors);
        var hasNoise = tensors.Contains(Noise(0));
        var average =
            tensors.Contains(MeanStyle) ? tensors
            : tensors.Whole.Contains(MeanStyle) ? tensors.Whole
            : null;
        CheckFilters(tensors);
        var values = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (name, shape) in TensorsOf(architecture))
        {
            if (name == MeanStyle)
            {
                if (average is not null)
                    values[name] = average.ReadFloats(name, shape);
            }
            else if (hasNoise || !IsNoise(name))
            {
                values[name] = tensors.ReadFloats(name, shape);
            }
        }

        return new StyleGan2Weights(architecture, values);
    }

    /// <summary>The names and shapes of a generator's tensors, in the order of the project's files.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> TensorsOf(StyleGan2Architecture architecture)
    {
        long style = architecture.StyleSize,
            colors = architecture.Colors;
        for (var i = 0; i < architecture.MappingLayers; i++)
        {
            yield return ($"{Mapping(i)}.weight", [style, i == 0 ? architecture.LatentSize : style]);
            yield return ($"{Mapping(i)}.bias", [style]);
        }

        yield return (Constant, [1, architecture.InputsOf(0), 4, 4]);
        for (var i = 0; i < architecture.Layers; i++)
        {
            long inputs = architecture.InputsOf(i),
                outputs = architecture.Channels[i],
                side = architecture.ResolutionAt(i + 1);
            yield return ($"{Block(i)}.conv.weight", [1, outputs, inputs, 3, 3]);
            yield return ($"{Block(i)}.conv.modulation.weight", [inputs, style]);
            yield return ($"{Block(i)}.conv.modulation.bias", [inputs]);
            yield return ($"{Block(i)}.noise.weight", [1]);
            yield return ($"{Block(i)}.activate.bias", [outputs]);
            yield return (Noise(i), [1, 1, side, side]);
            if (!architecture.EndsResolution(i + 1))
                continue;
            yield return ($"{Rgb(i)}.conv.weight", [1, colors, outputs, 1, 1]);
            yield return ($"{Rgb(i)}.conv.modulation.weight", [outputs, style]);
            yield return ($"{Rgb(i)}.conv.modulation.bias", [outputs]);
            yield return ($"{Rgb(i)}.bias", [1, colors, 1, 1]);
        }

        yield return (MeanStyle, [style]);
    }

    /// <summary>The name of a layer of the mapping, from 0.</summary>
    internal static string Mapping(int index) => $"style.{index + 1}";

    /// <summary>The name of a block, from 0.</summary>
    internal static string Block(int index) => index == 0 ? "conv1" : $"convs.{index - 1}";

    /// <summary>The name of the layer that makes the RGB image of a block, which ends a resolution.</summary>
    internal static string Rgb(int index) => index == 0 ? "to_rgb1" : $"to_rgbs.{index / 2 - 1}";

    /// <summary>The name of a block's constant noise.</summary>
    internal static string Noise(int index) => $"noises.noise_{index}";

    private static bool IsNoise(string name) => name.StartsWith("noises.", StringComparison.Ordinal);

    private static StyleGan2Architecture ArchitectureOf(StateDict tensors)
    {
        var mapping = Count(tensors, i => $"{Mapping(i)}.weight", "style.");
        var blocks = Count(tensors, i => $"{Block(i)}.conv.weight", "convs.");
        if (mapping == 0)
            throw SafetensorsHeader.Damaged(tensors.FileName, $"lacks the tensor '{Mapping(0)}.weight', the mapping from codes to styles");
        if (tensors.Shape($"{Mapping(0)}.weight") is not [var style, var latent])
            throw Wrong(tensors, $"{Mapping(0)}.weight", "[style, latent]");
        var channels = new int[blocks];
        for (var i = 0; i < blocks; i++)
        {
            var name = $"{Block(i)}.conv.weight";
            channels[i] = tensors.Shape(name) is [1, var outputs and > 0 and <= 65536, _, 3, 3]
                ? (int)outputs
                : throw Wrong(tensors, name, "[1, any, any, 3, 3]");
        }

        var rgb = $"{Rgb(blocks - 1)}.conv.weight";
        if (tensors.Shape(rgb) is not [1, var colors, _, 1, 1])
            throw Wrong(tensors, rgb, "[1, 3, any, 1, 1], or 1 instead of 3 for gray,");
        try
        {
            return new StyleGan2Architecture(Size(latent), channels, Size(style), mapping, Size(colors));
        }
        catch (ArgumentException e)
        {
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"has sizes that no StyleGAN2 generator has: {e.Message.Split(" (Parameter")[0]}"
            );
        }

        static int Size(long size) => (int)Math.Clamp(size, 0, 65536);
    }

    /// <summary>How many tensors there are from 0 on; none may be missing between others.</summary>
    private static int Count(StateDict tensors, Func<int, string> name, string beginning)
    {
        var count = Enumerable.Range(0, tensors.Names.Count).TakeWhile(i => tensors.Contains(name(i))).Count();
        for (var i = count + 1; i <= count + 64; i++)
        {
            if (tensors.Contains(name(i)) && name(i).StartsWith(beginning, StringComparison.Ordinal))
                throw SafetensorsHeader.Damaged(tensors.FileName, $"lacks the tensor '{name(count)}', though it has '{name(i)}'");
        }

        return count;
    }

    /// <summary>Demands that the filters of a file that has them are those of the published networks.</summary>
    private static void CheckFilters(StateDict tensors)
    {
        foreach (
            var name in tensors.Names.Where(name =>
                name.EndsWith("blur.kernel", StringComparison.Ordinal) || name.EndsWith("upsample.kernel", StringComparison.Ordinal)
            )
        )
        {
            var kernel = tensors.ReadFloats(name, Taps.Length, Taps.Length);
            for (var i = 0; i < kernel.Length; i++)
            {
                if (Math.Abs(kernel[i] - Taps[i / Taps.Length] * Taps[i % Taps.Length] / 16) > 1e-4f)
                    throw SafetensorsHeader.Damaged(
                        tensors.FileName,
                        $"enlarges by another filter than [1, 3, 3, 1] ('{name}'), which is not read"
                    );
            }
        }
    }

    private static CheckpointException Wrong(StateDict tensors, string name, string needed) =>
        SafetensorsHeader.Damaged(
            tensors.FileName,
            $"holds '{name}' with shape [{string.Join(", ", tensors.Shape(name))}], but {needed} is needed"
        );
}
