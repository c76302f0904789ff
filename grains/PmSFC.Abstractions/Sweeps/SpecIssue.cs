namespace PmSFC.Abstractions.Sweeps;

/// <summary>
/// Something wrong in a sweep's spec: where, as a path into it (<c>methods[1].settings.codes</c>), and one clear sentence.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SpecIssue")]
public sealed record SpecIssue([property: Id(0)] string Path, [property: Id(1)] string Message);
