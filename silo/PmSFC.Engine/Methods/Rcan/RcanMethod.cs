using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Rcan;

/// <summary>RCAN (Zhang et al. 2018), see <see cref="SuperResolutionMethod"/>.</summary>
public sealed class RcanMethod : SuperResolutionMethod
{
    /// <inheritdoc/>
    public override string Name => "rcan";

    /// <inheritdoc/>
    public override string Title => "RCAN";

    /// <inheritdoc/>
    public override string Network => RcanTraining.Name;

    private protected override SuperResolutionArchitecture AuthorsSizes => new RcanArchitecture(SmallestFactor, 10, 20, 64, 16);

    private protected override SuperResolutionArchitecture Sizes(ResolvedSettings settings) => RcanTraining.BindArchitecture(settings);
}
