using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>Images that are computed at once from what a task has left of the targets: nothing is optimized, and there is no iteration to do.</summary>
internal sealed class FeedForwardRun : InversionRun
{
    private static readonly long[] OverPixels = [1, 2, 3];

    private readonly string _method;
    private readonly Tensor _images; // [B, 3, H, W]
    private readonly float[] _losses;

    /// <param name="method">The method, whose name codes keep.</param>
    /// <param name="problem">What to invert.</param>
    /// <param name="compute">[B, 3, h, w], what is left of the targets, to [B, 3, H, W], which it leaves to the caller's dispose scope.</param>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other.</exception>
    public FeedForwardRun(IInversionMethod method, InversionProblem problem, Func<Tensor, Tensor> compute)
    {
        problem.ThrowIfUnfitFor(method);
        _method = method.Name;
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var left = problem.Degradation.Degrade(problem.Targets.detach().to(problem.Generator.Dtype, problem.Generator.Device));
        _images = compute(left).DetachFromDisposeScope();
        _losses = (problem.Degradation.Degrade(_images) - left).Squared().mean(OverPixels).to(ScalarType.Float32, CPU).data<float>().ToArray();
    }

    public override int Iteration => 0;

    public override int Iterations => 0;

    public override int BatchSize => _losses.Length;

    public override void Step() => throw new InvalidOperationException("There are no iterations to do: the images were computed at once.");

    /// <summary>The mean squared difference between what the task leaves of the images and of the targets.</summary>
    public override float[] Losses() => _losses;

    public override Tensor Reconstruct() => _images.alias();

    public override byte[] Checkpoint(int image) => new SafetensorsWriter()
        .AddMetadata(OptimizationRun.MethodEntry, _method)
        .AddMetadata(IterationEntry, Iteration.ToString(CultureInfo.InvariantCulture))
        .ToArray();

    /// <summary>No codes: the method and the iteration alone.</summary>
    public override byte[] Codes(int image) => Checkpoint(image);

    /// <summary>Checks that the checkpoints are this method's; there is nothing else in them.</summary>
    public override void Restore(IReadOnlyList<byte[]> checkpoints)
    {
        foreach (var (image, checkpoint) in checkpoints.Index())
        {
            var header = SafetensorsFile.Read(checkpoint, $"The checkpoint of image {image}").Header;
            if (header.Metadata.GetValueOrDefault(OptimizationRun.MethodEntry) is var method && method != _method)
                throw SafetensorsHeader.Damaged(header.FileName, $"is of the method '{method}', not '{_method}'");
        }
    }

    protected override void Dispose(bool disposing) => _images.Dispose();
}
