using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>‖x − P(x̂)‖² + weight · ‖V(x) − V(P(x̂))‖₁ of each image (Eq. 8; Eq. 9 with weight 0), as means or sums over an image's elements.</summary>
internal sealed class InversionLoss : IDisposable
{
    private static readonly long[] OverPixels = [1, 2, 3];
    private static readonly long[] OverFeatures = [1];

    private readonly IInversionTask _task;
    private readonly IPerceptualNetwork? _perceptual;
    private readonly Scalar _weight;
    private readonly bool _sums;
    private readonly Tensor _targets;
    private readonly Tensor? _targetFeatures;

    /// <param name="problem">Targets and settings.</param>
    /// <param name="candidates">M: images that are compared with each target.</param>
    public InversionLoss(InversionProblem problem, int candidates = 1)
    {
        var settings = problem.Settings;
        var weight = settings.Number(PerceptualSetting.WeightName);
        _task = problem.Task;
        _sums = settings.Choice(OptimizationSettings.Norms) == OptimizationSettings.Sum;
        _weight = weight;
        using var scope = NewDisposeScope();
        var targets = problem.Targets.detach().to(problem.Generator.Dtype, problem.Generator.Device, copy: true);
        _targets = (candidates == 1 ? targets : targets.repeat_interleave(candidates, 0)).DetachFromDisposeScope();
        if (settings.Choice(PerceptualSetting.Name) == PerceptualSetting.None || weight == 0) return;
        _perceptual = problem.Perceptual;
        using var gradients = no_grad();
        _targetFeatures = _perceptual!.Features(_targets).DetachFromDisposeScope();
    }

    /// <param name="images">[B·M, 3, H, W], the candidates of an image next to each other.</param>
    /// <returns>[B·M].</returns>
    public Tensor PerImage(Tensor images)
    {
        using var scope = NewDisposeScope();
        var degraded = _task.Degrade(images);
        var loss = Reduce((degraded - _targets).square(), OverPixels);
        if (_perceptual is not null)
            loss += Reduce((_perceptual.Features(degraded) - _targetFeatures!).abs().flatten(1), OverFeatures) * _weight;
        return loss.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _weight.Dispose();
        _targets.Dispose();
        _targetFeatures?.Dispose();
    }

    private Tensor Reduce(Tensor differences, long[] dimensions) => _sums ? differences.sum(dimensions) : differences.mean(dimensions);
}
