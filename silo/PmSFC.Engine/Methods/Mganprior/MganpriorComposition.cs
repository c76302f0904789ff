using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Mganprior;

/// <summary>
/// mGANprior's composition (Gu, Shen, Zhou 2020; Eq. 1): (Σ_n G1(z_n) ⊙ α_n) / N over all channels, without activation. The division by N in addition to
/// α's start of 1/N is that of the public code; the pixel norm that follows takes the factor out again.
/// </summary>
public sealed class MganpriorComposition : IFeatureComposition
{
    private static readonly long[] OverCodes = [1];

    private readonly IGenerator _generator;
    private readonly int _split;
    private readonly int _codes;
    private readonly Scalar _inverseCodes;

    /// <summary>Prepares the composition for a generator.</summary>
    /// <param name="generator">Borrowed: disposed by the caller, after this.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="codes">N, codes an image.</param>
    public MganpriorComposition(IGenerator generator, int split, int codes)
    {
        generator.Architecture.CheckSplit(split);
        (_generator, _split, _codes) = (generator, split, codes);
        _inverseCodes = 1.0 / codes;
        CodeShape = [codes, generator.Architecture.LatentSize];
        WeightShape = [codes, generator.Architecture.ChannelsAt(split)];
    }

    /// <summary>[N, latent].</summary>
    public IReadOnlyList<long> CodeShape { get; }

    /// <summary>[N, C].</summary>
    public IReadOnlyList<long> WeightShape { get; }

    /// <inheritdoc/>
    public double StartWeight => 1.0 / _codes;

    /// <inheritdoc/>
    public SplitFeatures Compose(Tensor z, Tensor w)
    {
        using var scope = NewDisposeScope();
        var features = _generator.Lower(z.flatten(0, 1), _split).Select(tensor => tensor.view([-1, _codes, .. tensor.shape[1..]]));
        var maps = (features.Maps * w.unsqueeze(-1).unsqueeze(-1)).sum(OverCodes).mul_(_inverseCodes);
        return new SplitFeatures(maps, _generator.CombineContexts(features.Context)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _inverseCodes.Dispose();
}
