using PmSFC.Engine.Styles;

namespace PmSFC.Engine.StyleGan1;

/// <summary>
/// The names of genforce, in which the project keeps its own files too: <c>mapping.dense{i}</c>, <c>truncation.w_avg</c>, <c>synthesis.layer{i}</c> and
/// <c>synthesis.output{b}</c>, of which the last alone is read. The project's own files have <c>truncation.psi</c> too, where there is one.
/// </summary>
public sealed class GenforceStyleGan1Layout : StyleGan1Layout
{
    /// <inheritdoc/>
    public override string Name => "genforce-stylegan1";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = ["synthesis.layer0.const"];

    /// <inheritdoc/>
    public override bool IsOwn => true;

    private protected override string Condition => "mapping.label_weight";

    private protected override string LevelOfDetail => "synthesis.lod";

    /// <summary>What a tensor is called.</summary>
    internal static string OwnNameOf(Part part, int index) =>
        part switch
        {
            Part.MappingWeight => $"mapping.dense{index}.weight",
            Part.MappingBias => $"mapping.dense{index}.bias",
            Part.MeanStyle => "truncation.w_avg",
            Part.Truncation => "truncation.psi",
            Part.Constant => "synthesis.layer0.const",
            Part.Kernel => $"synthesis.layer{index}.weight",
            Part.Bias => $"synthesis.layer{index}.bias",
            Part.NoiseStrength => $"synthesis.layer{index}.apply_noise.weight",
            Part.Noise => $"synthesis.layer{index}.apply_noise.noise",
            Part.Modulation => $"synthesis.layer{index}.style.weight",
            Part.ModulationBias => $"synthesis.layer{index}.style.bias",
            Part.RgbKernel => $"synthesis.output{index / 2}.weight",
            Part.RgbBias => $"synthesis.output{index / 2}.bias",
            _ => throw new ArgumentOutOfRangeException(nameof(part)),
        };

    private protected override string NameOf(Part part, int index) => OwnNameOf(part, index);
}
