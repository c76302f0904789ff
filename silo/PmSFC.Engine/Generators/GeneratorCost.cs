using PmSFC.Engine.Costs;

namespace PmSFC.Engine.Generators;

/// <summary>What passes through a generator of any family take.</summary>
public static class GeneratorCost
{
    /// <summary>Several codes through G1, and what is composed of them through G2.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="codes">Codes an image, over all subspaces.</param>
    /// <param name="subspaces">R: a code takes 1/R of G1's last channels on average.</param>
    public static ModelPlan Composition(GeneratorArchitecture architecture, int split, int codes, int subspaces)
    {
        var composed = architecture.ChannelsAt(split) * Math.Pow(architecture.ResolutionAt(split), 2);
        var cost =
            architecture.LowerCost(split, subspaces) * codes
            + LayerCost.WeightedSum(composed / subspaces * codes, composed)
            + architecture.AdvanceCost(split, architecture.Layers)
            + architecture.OutputCost;
        return new ModelPlan(cost, (double)codes * (architecture.LatentSize + architecture.ChannelsAt(split)));
    }

    /// <summary>A whole image of styles.</summary>
    /// <param name="architecture">The sizes of a generator that has styles.</param>
    /// <param name="places">Styles that are optimized.</param>
    /// <exception cref="ArgumentException">The generator has none.</exception>
    public static ModelPlan OfStyles(GeneratorArchitecture architecture, int places)
    {
        var synthesis = architecture.Synthesis
            ?? throw new ArgumentException($"The family '{architecture.Family}' has no styles.", nameof(architecture));
        return Whole(synthesis, 1) with { Parameters = (double)places * synthesis.LatentSize };
    }

    /// <summary>Whole images of several codes, each compared with the target.</summary>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="codes">Codes an image.</param>
    public static ModelPlan Whole(GeneratorArchitecture architecture, int codes) =>
        new(
            (architecture.LowerCost(architecture.Layers) + architecture.OutputCost) * codes,
            (double)codes * architecture.LatentSize,
            codes
        );
}
