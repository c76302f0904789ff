using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Analyses;

/// <summary>The straight way between two images at the cut (Fig. 6 of the paper).</summary>
public static class FeatureInterpolation
{
    /// <summary>(1 − t)·a + t·b for t from 0 to 1 in equal steps; the first are the features of a, the last those of b.</summary>
    /// <param name="a">Of one image.</param>
    /// <param name="b">Of one image.</param>
    /// <param name="steps">Points on the way, both ends among them; at least 2.</param>
    /// <returns>Of as many images as steps; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or there are fewer than 2 steps.</exception>
    public static SplitFeatures Features(SplitFeatures a, SplitFeatures b, int steps)
    {
        FeatureImages.CheckPair(a, b);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        using var scope = NewDisposeScope();
        return new SplitFeatures(Between(a.Maps, b.Maps), [.. a.Context.Zip(b.Context, Between)]).MoveToOuterDisposeScope();

        Tensor Between(Tensor first, Tensor last)
        {
            var t = linspace(0, 1, steps, first.dtype, first.device).view([-1, .. Enumerable.Repeat(1L, (int)first.dim() - 1)]);
            return (first * (-t).Add(1)).Add(last * t);
        }
    }

    /// <summary>G2 of <see cref="Features"/>.</summary>
    /// <param name="generator">The generator of both inversions.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="a">Of one image.</param>
    /// <param name="b">Of one image.</param>
    /// <param name="steps">Points on the way, both ends among them; at least 2.</param>
    /// <returns>[steps, 3, H, W], not clamped; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, the cut does not fit them, or there are fewer than 2 steps.</exception>
    public static Tensor Images(IGenerator generator, int split, SplitFeatures a, SplitFeatures b, int steps)
    {
        using var scope = NewDisposeScope();
        return FeatureImages.Of(generator, split, Features(a, b, steps)).MoveToOuterDisposeScope();
    }
}
