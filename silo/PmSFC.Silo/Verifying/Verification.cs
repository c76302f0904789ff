using System.Collections.Immutable;

namespace PmSFC.Silo.Verifying;

/// <summary>What a check of everything that a sweep has stored came to.</summary>
public sealed record Verification
{
    /// <summary>Every fault, by the artifacts' names.</summary>
    public required ImmutableArray<Finding> Findings { get; init; }

    /// <summary>Jobs of the sweep.</summary>
    public required int Jobs { get; init; }

    /// <summary>Jobs that are not done and of which nothing is missing: they have not run to their end yet.</summary>
    public required int Unfinished { get; init; }

    /// <summary>Artifacts that were read and checked.</summary>
    public required int Checked { get; init; }

    /// <summary>
    /// Results of versions that stored no hash of the result and the codes: picture and metrics are proven against each other and the target; losses and
    /// codes are read only.
    /// </summary>
    public required int Unsealed { get; init; }
}
