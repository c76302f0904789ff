using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Subspaces;

/// <summary>
/// The coefficients S by which each channel is expressed by the others, and one step of minimising
/// ‖F − FS‖² + λ‖G2(F) − G2(T(FS))‖² + μ‖S‖₁ with diag(S) = 0 (Eq. 5). The diagonal's gradient is masked, so that it stays exactly 0.
/// </summary>
public sealed class SelfExpressiveLayer : IDisposable
{
    private readonly SelfExpressiveObjective _objective;
    private readonly Tensor _coefficients; // [C, C]
    private readonly Tensor _mask; // [C, C], 0 on the diagonal
    private readonly AdamUpdate _adam;
    private readonly Scalar _imageWeight;
    private readonly Scalar _sparsityWeight;
    private Tensor? _terms; // [3]: feature, image, sparsity

    /// <summary>Puts S on a device.</summary>
    /// <param name="start">S before the first step, C×C, row-major; its diagonal is taken as 0.</param>
    /// <param name="channels">C.</param>
    /// <param name="objective">What is minimised.</param>
    /// <param name="learningRate">Adam's step size.</param>
    /// <param name="device">Where the features are.</param>
    public SelfExpressiveLayer(float[] start, int channels, SelfExpressiveObjective objective, double learningRate, Device device)
    {
        using var scope = NewDisposeScope();
        _objective = objective;
        _imageWeight = objective.Lambda;
        _sparsityWeight = objective.Mu;
        _mask = (-eye(channels, device: device)).Add(1).DetachFromDisposeScope();
        _coefficients = tensor(start, channels, channels).to(device).mul(_mask).requires_grad_().DetachFromDisposeScope();
        _adam = new AdamUpdate([("coefficients", _coefficients)], learningRate);
    }

    /// <summary>Number of steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>S, row-major; waits for the device.</summary>
    public float[] Coefficients => ToArray(_coefficients);

    /// <summary>Adam's moments, row-major; waits for the device.</summary>
    public (float[] First, float[] Second) Moments => (ToArray(_adam.State[0].Value), ToArray(_adam.State[1].Value));

    /// <summary>The terms at the latest step; waits for the device.</summary>
    /// <returns><see langword="null"/> before the first step.</returns>
    public DiscoveryLosses? Losses() =>
        _terms is not null && ToArray(_terms) is [var feature, var image, var sparsity]
            ? new DiscoveryLosses(Steps, feature, image, sparsity)
            : null;

    /// <summary>One step of Adam.</summary>
    /// <param name="features">F: the maps of N codes, [N, C, h, w].</param>
    /// <param name="upper">G2, or <see langword="null"/> where the objective's λ is 0.</param>
    public void Step(Tensor features, Func<Tensor, Tensor>? upper)
    {
        using var scope = NewDisposeScope();
        var flat = features.flatten(2); // [N, C, hw]: the transpose of the paper's F, so S applies transposed
        var expressed = _coefficients.t().matmul(flat);
        var feature = Distance(flat, expressed);
        var sparsity = Reduce(_coefficients.abs(), 1);
        var total = feature.Add(sparsity.mul(_sparsityWeight));
        var image = zeros_like(feature);
        if (_objective.Lambda > 0 && upper is not null)
        {
            image = Distance(upper(features), upper(expressed.view(features.shape)));
            total = total.Add(image.mul(_imageWeight));
        }

        var gradient = autograd.grad([total], [_coefficients])[0];
        using (no_grad())
            _adam.Update([gradient.mul_(_mask)], Steps++);
        _terms?.Dispose();
        _terms = stack([feature.detach(), image.detach(), sparsity.detach()]).DetachFromDisposeScope();
    }

    /// <summary>Takes up stored state.</summary>
    /// <param name="coefficients">S, row-major.</param>
    /// <param name="moments">As <see cref="Moments"/> gave them.</param>
    /// <param name="terms">As <see cref="Losses"/> gave them.</param>
    /// <param name="steps">Number of steps done.</param>
    public void Restore(float[] coefficients, (float[] First, float[] Second) moments, DiscoveryLosses? terms, int steps)
    {
        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        _coefficients.copy_(tensor(coefficients).view(_coefficients.shape));
        _adam.State[0].Value.copy_(tensor(moments.First).view(_coefficients.shape));
        _adam.State[1].Value.copy_(tensor(moments.Second).view(_coefficients.shape));
        Steps = steps;
        _terms?.Dispose();
        _terms = terms is null ? null : tensor(new[] { terms.Feature, terms.Image, terms.Sparsity }).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _adam.Dispose();
        _coefficients.Dispose();
        _mask.Dispose();
        _terms?.Dispose();
        _imageWeight.Dispose();
        _sparsityWeight.Dispose();
    }

    private Tensor Distance(Tensor target, Tensor approximation) => Reduce((target - approximation).Squared(), target.shape[0]);

    private Tensor Reduce(Tensor terms, long codes) => _objective.Norm == CoefficientNorm.Mean ? terms.mean() : terms.sum().DivideBy(codes);

    private static float[] ToArray(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.detach().cpu().data<float>().ToArray();
    }
}
