using PmSFC.Engine.Arithmetic;
using static TorchSharp.torch;
using Generator = PmSFC.Engine.Generators.Generator;

namespace PmSFC.Engine.Analyses;

/// <summary>The straight way between two images at the cut (Fig. 6 of the paper).</summary>
public static class FeatureInterpolation
{
    /// <summary>(1 − t)·a + t·b for t from 0 to 1 in equal steps; the first are the maps of a, the last those of b.</summary>
    /// <param name="a">[1, C, h, w].</param>
    /// <param name="b">[1, C, h, w].</param>
    /// <param name="steps">Points on the way, both ends among them; at least 2.</param>
    /// <returns>[steps, C, h, w]; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, or there are fewer than 2 steps.</exception>
    public static Tensor Features(Tensor a, Tensor b, int steps)
    {
        FeatureImages.CheckPair(a, b);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        using var scope = NewDisposeScope();
        var t = linspace(0, 1, steps, a.dtype, a.device).view(-1, 1, 1, 1);
        return (a * (-t).Plus(1)).Plus(b * t).MoveToOuterDisposeScope();
    }

    /// <summary>G2 of <see cref="Features"/>.</summary>
    /// <param name="generator">The generator of both inversions.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="a">[1, C, h, w].</param>
    /// <param name="b">[1, C, h, w].</param>
    /// <param name="steps">Points on the way, both ends among them; at least 2.</param>
    /// <returns>[steps, 3, H, W], not clamped; owned by the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The maps differ in shape, the cut does not fit them, or there are fewer than 2 steps.</exception>
    public static Tensor Images(Generator generator, int split, Tensor a, Tensor b, int steps)
    {
        using var scope = NewDisposeScope();
        return FeatureImages.Of(generator, split, Features(a, b, steps)).MoveToOuterDisposeScope();
    }
}
