using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Analyses;

/// <summary>Images of features at the cut.</summary>
public static class FeatureImages
{
    /// <summary>G2 of each image's features for itself, so that memory does not grow with their number nor an image depend on its company.</summary>
    /// <param name="generator">The generator whose features they are.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="features">Of N images.</param>
    /// <returns>[N, 3, H, W], not clamped, detached; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The generator cannot be cut there.</exception>
    public static Tensor Of(IGenerator generator, int split, SplitFeatures features)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var images = Enumerable
            .Range(0, (int)features.Maps.shape[0])
            .Select(image => generator.Upper(features.Select(tensor => tensor.narrow(0, image, 1)), split));
        return cat(images.ToArray(), 0).MoveToOuterDisposeScope();
    }

    /// <exception cref="ArgumentException">The maps are not of one image each, or differ in shape.</exception>
    internal static void CheckPair(SplitFeatures a, SplitFeatures b)
    {
        if (a.Maps.shape is [1, _, _, _] && a.Tensors.Select(Shape).SequenceEqual(b.Tensors.Select(Shape)))
            return;
        throw new ArgumentException(
            $"Maps of one image each and of one shape are needed, but they are {Shape(a.Maps)} and {Shape(b.Maps)}.",
            nameof(b)
        );
    }

    private static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
