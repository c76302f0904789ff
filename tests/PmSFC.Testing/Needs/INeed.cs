namespace PmSFC.Testing;

/// <summary>Something that tests need and not every machine has.</summary>
public interface INeed
{
    /// <summary>Why the tests cannot run here, and what to do, or null where they can.</summary>
    static abstract string? Missing { get; }
}
