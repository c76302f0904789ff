namespace PmSFC.Storage.Tests;

/// <summary>Says what the provider facts of a test class need.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class NeedsAttribute : Attribute
{
    /// <summary>Why the tests cannot run here, or null where they can.</summary>
    public abstract string? Missing { get; }
}
