using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>
/// Adam (Kingma and Ba 2015) with β₁ 0.9 and ε 10⁻⁸, in place. Every number has its own moments, so one image's state can be cut out of
/// a batch, which torch.optim's state does not offer.
/// </summary>
internal sealed class AdamUpdate : IUpdateRule
{
    /// <summary>β₂ where nothing else is said, as in the article.</summary>
    public const double UsualBeta2 = 0.999;

    private const double Beta1 = 0.9;

    private readonly IReadOnlyList<(string Name, Tensor Value)> _parameters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;
    private readonly double[] _learningRates;
    private readonly bool[] _decays;
    private readonly double _decay;
    private readonly Scalar _beta1 = Beta1,
        _gain1 = 1 - Beta1,
        _beta2,
        _gain2,
        _weightDecay,
        _epsilon = 1e-8;

    /// <param name="parameters">What is optimized.</param>
    /// <param name="learningRate">The step size.</param>
    /// <param name="scaleOf">What it is multiplied by for a parameter; 1 where nothing is given.</param>
    /// <param name="beta2">β₂: the share of the squared gradients' mean that stays at a step, below 1.</param>
    /// <param name="weightDecay">Times a parameter is added to its gradient (L2).</param>
    /// <param name="decays">The parameters for which it is; all where nothing is given.</param>
    public AdamUpdate(
        IReadOnlyList<(string Name, Tensor Value)> parameters,
        double learningRate,
        Func<string, double>? scaleOf = null,
        double beta2 = UsualBeta2,
        double weightDecay = 0,
        Func<string, bool>? decays = null
    )
    {
        _weightDecay = weightDecay;
        _decays = [.. parameters.Select(parameter => weightDecay > 0 && (decays?.Invoke(parameter.Name) ?? true))];
        _decay = beta2;
        (_beta2, _gain2) = (beta2, 1 - beta2);
        _parameters = parameters;
        _learningRates = [.. parameters.Select(parameter => learningRate * (scaleOf?.Invoke(parameter.Name) ?? 1))];
        _first = [.. parameters.Select(parameter => zeros_like(parameter.Value, requires_grad: false).DetachFromDisposeScope())];
        _second = [.. parameters.Select(parameter => zeros_like(parameter.Value, requires_grad: false).DetachFromDisposeScope())];
        State =
        [
            .. parameters.SelectMany((parameter, i) => new[] { (parameter.Name + ".m", _first[i]), (parameter.Name + ".v", _second[i]) }),
        ];
    }

    public IReadOnlyList<(string Name, Tensor Value)> State { get; }

    public void Update(IList<Tensor> gradients, int iteration, double scale = 1)
    {
        using var scope = NewDisposeScope();
        using Scalar unbias = 1 / Math.Sqrt(1 - Math.Pow(_decay, iteration + 1));
        for (var i = 0; i < _parameters.Count; i++)
        {
            using Scalar step = -_learningRates[i] * scale / (1 - Math.Pow(Beta1, iteration + 1));
            var gradient = _decays[i] ? gradients[i].add(_parameters[i].Value, _weightDecay) : gradients[i];
            _first[i].mul_(_beta1).add_(gradient, _gain1);
            _second[i].mul_(_beta2).addcmul_(gradient, gradient, _gain2);
            _parameters[i].Value.addcdiv_(_first[i], _second[i].sqrt().mul_(unbias).AddInPlace(_epsilon), step);
        }
    }

    /// <summary>Forgets the gradients seen so far; the next iteration is number 0.</summary>
    public void Reset()
    {
        foreach (var (_, value) in State)
            value.zero_();
    }

    public void Dispose()
    {
        foreach (var (_, value) in State)
            value.Dispose();
        foreach (var scalar in new[] { _beta1, _gain1, _beta2, _gain2, _weightDecay, _epsilon })
            scalar.Dispose();
    }
}
