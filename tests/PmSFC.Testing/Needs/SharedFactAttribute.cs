using Xunit;

namespace PmSFC.Testing;

/// <summary>A fact on one of <see cref="SharedFiles"/>, skipped where it is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedFactAttribute : FactAttribute
{
    /// <param name="path">The file or folder.</param>
    public SharedFactAttribute(string path) => Skip = SharedFiles.Missing(path);
}
