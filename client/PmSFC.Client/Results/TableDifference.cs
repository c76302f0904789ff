using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>One cell against the reference cell, image by image: the mean of the differences over the images that both have.</summary>
/// <param name="Label">The cell.</param>
/// <param name="Reference">The reference cell, which is subtracted.</param>
/// <param name="Source">Where the cell's numbers come from: one of <see cref="RowSource"/>.</param>
/// <param name="Metrics">The differences by metric; a metric without a common image is left out.</param>
public sealed record TableDifference(string Label, string Reference, string Source, ImmutableSortedDictionary<string, Estimate> Metrics);
