using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>Images that are computed at once from what a task has left of the targets: nothing is optimized.</summary>
internal sealed class FeedForwardReconstruction : Reconstruction
{
    private static readonly long[] OverPixels = [1, 2, 3];

    private readonly string _method;
    private readonly Tensor _images; // [B, 3, H, W]
    private readonly float[] _losses;

    /// <param name="method">The method, whose name codes keep.</param>
    /// <param name="problem">What to invert.</param>
    /// <param name="compute">[B, 3, h, w], what is left of the targets, to [B, 3, H, W], which it leaves to the caller's dispose scope.</param>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other.</exception>
    public FeedForwardReconstruction(IInversionMethod method, InversionProblem problem, Func<Tensor, Tensor> compute)
    {
        problem.ThrowIfUnfitFor(method);
        _method = method.Name;
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var left = problem.Degradation.Degrade(problem.Targets.detach().to(problem.Generator.Dtype, problem.Generator.Device));
        _images = compute(left).DetachFromDisposeScope();
        _losses = (problem.Degradation.Degrade(_images) - left)
            .Squared()
            .mean(OverPixels)
            .to(ScalarType.Float32, CPU)
            .data<float>()
            .ToArray();
    }

    public override int BatchSize => _losses.Length;

    /// <summary>The mean squared difference between what the task leaves of the images and of the targets.</summary>
    public override float[] Losses() => _losses;

    public override Tensor Reconstruct() => _images.alias();

    /// <summary>No codes: the method alone, at iteration 0.</summary>
    public override byte[] Codes(int image) =>
        new SafetensorsWriter().AddMetadata(OptimizationRun.MethodEntry, _method).AddMetadata(InversionRun.IterationEntry, "0").ToArray();

    protected override void Dispose(bool disposing) => _images.Dispose();
}
