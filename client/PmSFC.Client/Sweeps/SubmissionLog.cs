using System.Globalization;
using PmSFC.Storage;

namespace PmSFC.Client.Sweeps;

/// <summary>
/// When sweeps were started and resumed: an artifact <c>sweeps/{id}/submitted/{time}</c> each, since stores tell no times of their own.
/// </summary>
internal static class SubmissionLog
{
    private const string Format = "yyyyMMdd't'HHmmssfff'z'";
    private const string Folder = "/submitted/";

    /// <summary>The name of a submission at a time.</summary>
    public static string NameFor(string sweepId, DateTimeOffset at) =>
        $"{PrefixOf(sweepId)}{at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}";

    /// <summary>Under which a sweep's submissions lie, oldest first.</summary>
    public static string PrefixOf(string sweepId) => $"{ArtifactNames.Sweeps}{sweepId}{Folder}";

    /// <summary>The sweep and time that an artifact's name tells.</summary>
    /// <returns>False where the name is not a submission's.</returns>
    public static bool TryParse(string name, out string sweepId, out DateTimeOffset at)
    {
        var cut = name.IndexOf(Folder, StringComparison.Ordinal);
        sweepId = cut > ArtifactNames.Sweeps.Length ? name[ArtifactNames.Sweeps.Length..cut] : "";
        at = default;
        return sweepId.Length > 0
            && DateTimeOffset.TryParseExact(
                name.AsSpan(cut + Folder.Length),
                Format,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out at
            );
    }
}
