namespace PmSFC.Engine.Tests.Support;

/// <summary>A fact on a file that is not the project's to keep, skipped where it is not.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string file)
    {
        if (!File.Exists(PathOf(file))) Skip = $"'{file}' is at neither ../shared nor below PMSFC_SHARED.";
    }

    public static string PathOf(string file) => Path.Combine(
        Environment.GetEnvironmentVariable("PMSFC_SHARED") is { Length: > 0 } shared ? shared : Path.Combine(Repository.Root, "../shared"), file);
}
