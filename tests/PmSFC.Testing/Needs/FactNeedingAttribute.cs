using Xunit;

namespace PmSFC.Testing;

/// <summary>A fact that needs something, skipped with the reason where that is missing.</summary>
/// <typeparam name="TNeed">What it needs.</typeparam>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactNeedingAttribute<TNeed> : FactAttribute
    where TNeed : INeed
{
    /// <summary>Looks whether it is here.</summary>
    public FactNeedingAttribute() => Skip = TNeed.Missing;
}

/// <summary>A fact that needs two things, skipped with the reason where one is missing.</summary>
/// <typeparam name="TFirst">One of them.</typeparam>
/// <typeparam name="TSecond">The other, which is looked for only where the first is here.</typeparam>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactNeedingAttribute<TFirst, TSecond> : FactAttribute
    where TFirst : INeed
    where TSecond : INeed
{
    /// <summary>Looks whether both are here.</summary>
    public FactNeedingAttribute() => Skip = TFirst.Missing ?? TSecond.Missing;
}
