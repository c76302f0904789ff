namespace PmSFC.Engine.Tests.Support;

/// <summary>A theory on files that are not the project's to keep, skipped where they are not.</summary>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(string path)
    {
        if (!Path.Exists(PathOf(path))) Skip = $"'{path}' is at neither ../shared nor below PMSFC_SHARED.";
    }

    public static string PathOf(string path) => SharedFactAttribute.PathOf(path);
}
