using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Preparation;

/// <summary>A preparation that a method, a discovery or another preparation reads.</summary>
/// <param name="Kind">The <see cref="IPreparationKind.Name"/>.</param>
/// <param name="Settings">Settings in canonical text; those that are left out have their defaults.</param>
public sealed record PreparationNeed(string Kind, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>A preparation whose settings are all their defaults.</summary>
    public PreparationNeed(string kind)
        : this(kind, ResolvedSettings.None) { }
}
