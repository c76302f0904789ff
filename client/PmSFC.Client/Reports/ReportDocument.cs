namespace PmSFC.Client.Reports;

/// <summary>A file of a report.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Content">All bytes.</param>
public sealed record ReportDocument(string Name, ReadOnlyMemory<byte> Content);
