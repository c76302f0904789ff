using PmSFC.Abstractions.Networks;

namespace PmSFC.Silo.Planning;

/// <summary>A network of a cell.</summary>
/// <param name="Spec">The network.</param>
/// <param name="Bytes">Predicted memory of its training.</param>
/// <param name="Varies">What tells it from others of its entry, for a label; empty where there are none.</param>
internal sealed record PlannedTraining(NetworkSpec Spec, long Bytes, string Varies);
