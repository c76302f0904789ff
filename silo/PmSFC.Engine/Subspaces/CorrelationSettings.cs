using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Subspaces;

/// <summary>The settings of <see cref="CorrelationDiscovery"/>.</summary>
/// <param name="Split">l: blocks in G1.</param>
/// <param name="Subspaces">R.</param>
/// <param name="Codes">Latent codes whose features are correlated.</param>
/// <param name="GroupsSimilar">Whether similar channels come into one subspace; else they are dealt out.</param>
internal sealed record CorrelationSettings(int Split, int Subspaces, int Codes, bool GroupsSimilar)
{
    public static CorrelationSettings Bind(ResolvedSettings settings) =>
        new(
            SplitSetting.Bind(settings),
            SubspacesSetting.Bind(settings),
            settings.Integer(CorrelationDiscovery.Codes),
            settings.Choice(CorrelationDiscovery.Grouping) == CorrelationDiscovery.Similar
        );
}
