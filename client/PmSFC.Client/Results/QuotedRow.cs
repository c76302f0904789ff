using System.Collections.Immutable;

namespace PmSFC.Client.Results;

/// <summary>A method's published numbers on one data set.</summary>
/// <param name="Method">The method as the publication calls it.</param>
/// <param name="DataSet">The data set that the numbers are about.</param>
/// <param name="Values">One for each of <see cref="QuotedTable.Metrics"/>.</param>
public sealed record QuotedRow(string Method, string DataSet, ImmutableArray<double> Values);
