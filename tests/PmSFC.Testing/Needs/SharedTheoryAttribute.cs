using Xunit;

namespace PmSFC.Testing;

/// <summary>A theory on some of <see cref="SharedFiles"/>, skipped where they are not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    /// <param name="path">The file or folder.</param>
    public SharedTheoryAttribute(string path) => Skip = SharedFiles.Missing(path);
}
