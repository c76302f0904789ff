using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Silo.Planning;

/// <summary>A way to find the subspaces of a cell.</summary>
/// <param name="Spec">The set.</param>
/// <param name="Subspaces">R.</param>
/// <param name="Bytes">Predicted memory of the discovery, or of that of the set whose sizes it copies where that is more.</param>
/// <param name="Varies">What tells it from others of its entry, for a label; empty where there are none.</param>
/// <param name="Preparations">What else the discovery reads, each after what it needs itself.</param>
internal sealed record PlannedDiscovery(
    SubspaceSpec Spec,
    int Subspaces,
    long Bytes,
    string Varies,
    IReadOnlyList<PlannedPreparation> Preparations
);
