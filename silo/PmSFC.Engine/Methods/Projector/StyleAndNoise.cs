using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Projector;

/// <summary>
/// Images of one style each and of each block's noise. The noise is brought back to mean 0 and mean square 1 after every step, and held free of patterns at
/// every scale down to 8 pixels: Σ (mean n · n′)² with n′ one pixel further to the right, and one further down (Karras et al. 2020, Eq. 9 and 10).
/// </summary>
internal sealed class StyleAndNoise : ImageModel
{
    private const int CoarsestSide = 8;
    private static readonly long[] OverMaps = [1, 2, 3];

    private readonly IStyledGenerator _generator;
    private readonly IReadOnlyList<long> _seeds;
    private readonly ProjectorSettings _settings;
    private readonly int _iterations;
    private readonly Tensor _style; // [B, 1, S]
    private readonly Tensor[] _noises; // [B, 1, h, h] each
    private readonly Scalar _noiseWeight;

    public StyleAndNoise(InversionProblem problem, ProjectorSettings settings, int iterations)
    {
        _generator = StyleSearch.GeneratorOf(problem);
        (_seeds, _settings, _iterations) = (problem.Seeds, settings, iterations);
        _noiseWeight = settings.NoiseWeight;
        using var scope = NewDisposeScope();
        _style = Parameter("w", StyleSearch.Start(problem, places: 1));
        _noises = [.. _generator.NoiseSides.Select((side, block) => Parameter($"noise{block}", Drawn(-1 - block, [1, side, side])))];
    }

    /// <summary>The styles as they are, [B, S].</summary>
    /// <returns>Detached; owned by the caller's dispose scope.</returns>
    public Tensor Pivot() => _style.detach().squeeze(1).clone();

    public override Tensor Images() => _generator.Draw(_style.squeeze(1), _noises);

    public override Tensor Images(int iteration)
    {
        var deviation = _settings.JitterAt(iteration, _iterations) * _generator.StyleSpread;
        if (deviation == 0)
            return Images();
        using var scope = NewDisposeScope();
        var jitter = Drawn(iteration, [_style.shape[2]]).Multiply(deviation);
        return _generator.Draw(_style.squeeze(1).Add(jitter), _noises).MoveToOuterDisposeScope();
    }

    public override Tensor? Penalty()
    {
        if (_noises.Length == 0)
            return null;
        using var scope = NewDisposeScope();
        return (_noises.Select(Pattern).Aggregate((sum, term) => sum.Add(term)) * _noiseWeight).MoveToOuterDisposeScope();
    }

    public override void AfterUpdate()
    {
        using var scope = NewDisposeScope();
        foreach (var noise in _noises)
        {
            noise.sub_(noise.mean(OverMaps, keepdim: true));
            noise.mul_(noise.Squared().mean(OverMaps, keepdim: true).rsqrt());
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _noiseWeight.Dispose();
    }

    /// <returns>[B].</returns>
    private static Tensor Pattern(Tensor noise)
    {
        var sum = Correlation(noise, 3).Add(Correlation(noise, 2));
        return noise.shape[2] <= CoarsestSide ? sum : sum.Add(Pattern(nn.functional.avg_pool2d(noise, 2)));
    }

    private static Tensor Correlation(Tensor noise, long dimension) => (noise * roll(noise, 1, dimension)).mean(OverMaps).Squared();

    /// <summary>Numbers of N(0, 1) that each image's seed and the draw's number determine.</summary>
    private Tensor Drawn(long draw, long[] shape) =>
        stack(_seeds.Select(seed => NormalNumbers.Draw(seed, draw, shape))).to(_generator.Dtype, _generator.Device);
}
