using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>ESRGAN (Wang et al. 2018), whose network is trained against a discriminator, see <see cref="SuperResolutionMethod"/>.</summary>
public sealed class EsrganMethod : SuperResolutionMethod
{
    /// <inheritdoc/>
    public override string Name => "esrgan";

    /// <inheritdoc/>
    public override string Title => "ESRGAN";

    /// <inheritdoc/>
    public override string Network => EsrganTraining.Name;

    private protected override SuperResolutionArchitecture AuthorsSizes => new RrdbArchitecture(SmallestFactor, 23, 64, 32);

    private protected override SuperResolutionArchitecture Sizes(ResolvedSettings settings) => EsrganTraining.BindArchitecture(settings);
}
