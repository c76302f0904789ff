using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Silo.Analyses;

/// <summary>Two images of a sweep and the cells whose inversions of them are stored.</summary>
/// <param name="Plan">The sweep.</param>
/// <param name="A">The first image.</param>
/// <param name="B">The second, another one.</param>
/// <param name="Cells">The cells to analyse, at least one, in the plan's order.</param>
public sealed record PairSelection(SweepPlan Plan, ImageReference A, ImageReference B, ImmutableArray<SweepCell> Cells);
