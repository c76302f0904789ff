using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.InvertLayers;

/// <summary>
/// Images of an encoder's codes, with a residual added to what each of the first blocks gives: r₁ = g₁(E(x)) + d₁, rᵢ = gᵢ(rᵢ₋₁) + dᵢ. The codes stay as
/// they are; the residuals begin at 0 and are held down by the mean of their squares.
/// </summary>
internal sealed class LayerResiduals : ImageModel
{
    private static readonly long[] OverMaps = [1, 2, 3];

    private readonly IGenerator _generator;
    private readonly Tensor _z; // [B, latent]
    private readonly Tensor[] _residuals; // [B, C, h, w] each
    private readonly Scalar _weight;

    public LayerResiduals(InversionProblem problem, ResidualSettings settings)
    {
        var architecture = problem.Generator.Architecture;
        _generator = problem.Generator;
        _weight = settings.Weight;
        using var scope = NewDisposeScope();
        _z = Constant("z", EncodedStart.Of(problem));
        _residuals =
        [
            .. Enumerable
                .Range(1, settings.Layers)
                .Select(layer =>
                {
                    var side = architecture.ResolutionAt(layer);
                    return Parameter(
                        $"d{layer}",
                        zeros(
                            [problem.Seeds.Count, architecture.ChannelsAt(layer), side, side],
                            dtype: _generator.Dtype,
                            device: _generator.Device
                        )
                    );
                }),
        ];
    }

    public override PixelDistance Distance => PixelDistance.Absolute;

    public override Tensor Images()
    {
        using var scope = NewDisposeScope();
        return _generator.Upper(Features(_residuals.Length), _residuals.Length).MoveToOuterDisposeScope();
    }

    public override Tensor? Penalty()
    {
        using var scope = NewDisposeScope();
        return (
            _residuals.Select(residual => residual.Squared().mean(OverMaps)).Aggregate((sum, term) => sum.Add(term)) * _weight
        ).MoveToOuterDisposeScope();
    }

    /// <summary>What a block gives, residuals included.</summary>
    /// <param name="layer">Number of blocks, from the number of residuals up.</param>
    /// <returns>Owned by the caller's dispose scope.</returns>
    public SplitFeatures Features(int layer)
    {
        using var scope = NewDisposeScope();
        var features = Changed(_generator.Lower(_z, 1), 0);
        for (var i = 1; i < _residuals.Length; i++)
            features = Changed(_generator.Advance(features, i, i + 1), i);
        return _generator.Advance(features, _residuals.Length, layer).MoveToOuterDisposeScope();

        SplitFeatures Changed(SplitFeatures given, int block) => given with { Maps = given.Maps.Add(_residuals[block]) };
    }

    public override void Dispose()
    {
        base.Dispose();
        _weight.Dispose();
    }
}
