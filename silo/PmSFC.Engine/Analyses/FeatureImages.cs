using static TorchSharp.torch;
using Generator = PmSFC.Engine.Generators.Generator;

namespace PmSFC.Engine.Analyses;

/// <summary>Images of maps at the cut.</summary>
public static class FeatureImages
{
    /// <summary>G2 of each image's maps for itself, so that memory does not grow with their number nor an image depend on its company.</summary>
    /// <param name="generator">The generator whose maps they are.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="features">[N, C, h, w].</param>
    /// <returns>[N, 3, H, W], not clamped, detached; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    public static Tensor Of(Generator generator, int split, Tensor features)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return cat(features.split(1).Select(one => generator.Upper(one, split)).ToArray(), 0).MoveToOuterDisposeScope();
    }

    /// <exception cref="ArgumentException">The maps are not of one image each, or differ in shape.</exception>
    internal static void CheckPair(Tensor a, Tensor b)
    {
        if (a.shape is [1, _, _, _] && a.shape.SequenceEqual(b.shape)) return;
        throw new ArgumentException(
            $"Maps of one image each and of one shape are needed, but they are [{string.Join(", ", a.shape)}] and [{string.Join(", ", b.shape)}].",
            nameof(b));
    }
}
