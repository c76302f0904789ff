using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.BdInvert;

/// <summary>
/// G2(F, w) with a style for each place after the cut, the RGB image beginning there. F begins at G1 of the encoder's code and is held to it; styles begin at
/// the mean style and are held to where the mapping puts them.
/// </summary>
internal sealed class BaseAndStyles : ImageModel
{
    private static readonly long[] OverMaps = [1, 2, 3];

    private readonly IStyledGenerator _generator;
    private readonly int _split;
    private readonly Tensor _start; // [B, C, h, w]
    private readonly Tensor _base; // [B, C, h, w]
    private readonly Tensor _styles; // [B, places after the cut, S]
    private readonly StyleGaussian? _gaussian;
    private readonly Scalar _baseWeight;
    private readonly Scalar _styleWeight;

    public BaseAndStyles(InversionProblem problem, BdInvertSettings settings)
    {
        _generator = StyleSearch.GeneratorOf(problem);
        (_split, _baseWeight, _styleWeight) = (settings.Split, settings.BaseWeight, settings.StyleWeight);
        if (settings.StyleWeight > 0)
            _gaussian = new StyleGaussian(problem.Prepared[StyleGaussianPreparation.KindName], _generator);
        using var scope = NewDisposeScope();
        _start = Constant("start", StartOf(problem));
        _base = Parameter("f", _start.clone());
        _styles = Parameter("w", StyleSearch.Start(problem, StyleUse.UpperPlaces(_generator.Architecture, _split)));
    }

    public override Tensor Images()
    {
        using var scope = NewDisposeScope();
        return _generator.Upper(_generator.WithUpperStyles(new SplitFeatures(_base), _split, _styles), _split).MoveToOuterDisposeScope();
    }

    public override Tensor? Penalty()
    {
        using var scope = NewDisposeScope();
        var penalty = (_base - _start).Squared().mean(OverMaps) * _baseWeight;
        if (_gaussian is not null)
            penalty = penalty.Add(_gaussian.Distance(_styles) * _styleWeight);
        return penalty.MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _gaussian?.Dispose();
        _baseWeight.Dispose();
        _styleWeight.Dispose();
    }

    private Tensor StartOf(InversionProblem problem)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return _generator.Lower(EncodedStart.Of(problem), _split).Maps.MoveToOuterDisposeScope();
    }
}
