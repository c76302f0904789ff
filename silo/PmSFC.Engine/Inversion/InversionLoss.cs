using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// ‖P(x) − P(x̂)‖² + weight · ‖V(P(x)) − V(P(x̂))‖₁ of each image (Eq. 8; Eq. 9 with weight 0), absolute differences in the first term where a method wants them; as means or sums over an image's elements. V sees
/// images of the generator's size: a smaller P(x) is repeated pixel by pixel.
/// </summary>
internal sealed class InversionLoss : IDisposable
{
    private static readonly long[] OverPixels = [1, 2, 3];
    private static readonly long[] OverFeatures = [1];

    private readonly IDegradation _degradation;
    private readonly long[] _size;
    private readonly IPerceptualNetwork? _perceptual;
    private readonly Scalar _weight;
    private readonly bool _sums;
    private readonly PixelDistance _distance;
    private readonly Tensor _targets;
    private readonly Tensor? _targetFeatures;

    /// <param name="problem">Targets.</param>
    /// <param name="settings">Norms and perceptual term.</param>
    /// <param name="candidates">M: images that are compared with each target.</param>
    /// <param name="distance">How pixels are compared.</param>
    public InversionLoss(
        InversionProblem problem,
        OptimizationSettings settings,
        int candidates = 1,
        PixelDistance distance = PixelDistance.Squared
    )
    {
        _degradation = problem.Degradation;
        _size = problem.Targets.shape[2..];
        _sums = settings.UsesSums;
        _weight = settings.Perceptual?.Weight ?? 0;
        _distance = distance;
        using var scope = NewDisposeScope();
        var targets = problem.Targets.detach().to(problem.Generator.Dtype, problem.Generator.Device, copy: true);
        targets = _degradation.Degrade(targets);
        _targets = (candidates == 1 ? targets : targets.repeat_interleave(candidates, 0)).DetachFromDisposeScope();
        if (settings.Perceptual is not { } perceptual)
            return;
        _perceptual = problem.Perceptual!.Find(perceptual.Network);
        using var gradients = no_grad();
        _targetFeatures = _perceptual!.Features(Whole(_targets)).DetachFromDisposeScope();
    }

    /// <param name="images">[B·M, 3, H, W], the candidates of an image next to each other.</param>
    /// <returns>[B·M].</returns>
    public Tensor PerImage(Tensor images)
    {
        using var scope = NewDisposeScope();
        var degraded = _degradation.Degrade(images);
        var difference = degraded - _targets;
        var loss = Reduce(_distance == PixelDistance.Absolute ? difference.abs() : difference.Squared(), OverPixels);
        if (_perceptual is not null)
            loss = loss.Add(Reduce((_perceptual.Features(Whole(degraded)) - _targetFeatures!).abs().flatten(1), OverFeatures).mul(_weight));
        return loss.MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _weight.Dispose();
        _targets.Dispose();
        _targetFeatures?.Dispose();
    }

    private Tensor Whole(Tensor images) =>
        images.shape[2] == _size[0] ? images : nn.functional.interpolate(images, _size, mode: InterpolationMode.Nearest);

    private Tensor Reduce(Tensor differences, long[] dimensions) => _sums ? differences.sum(dimensions) : differences.mean(dimensions);
}
