using Xunit;

namespace PmSFC.Testing;

/// <summary>A theory that needs something, skipped with the reason where that is missing.</summary>
/// <typeparam name="TNeed">What it needs.</typeparam>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TheoryNeedingAttribute<TNeed> : TheoryAttribute
    where TNeed : INeed
{
    /// <summary>Looks whether it is here.</summary>
    public TheoryNeedingAttribute() => Skip = TNeed.Missing;
}
