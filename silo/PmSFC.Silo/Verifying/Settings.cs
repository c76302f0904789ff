namespace PmSFC.Silo.Verifying;

/// <summary>Comparing what was asked for with what is stored.</summary>
internal static class Settings
{
    /// <summary>Whether no setting of both has two values.</summary>
    public static bool Agree(IReadOnlyDictionary<string, string> stored, IReadOnlyDictionary<string, string> asked) =>
        stored.All(setting => !asked.TryGetValue(setting.Key, out var value) || value == setting.Value);
}
