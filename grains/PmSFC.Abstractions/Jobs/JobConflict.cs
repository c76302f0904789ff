namespace PmSFC.Abstractions.Jobs;

/// <summary>
/// A second attempt at a job that came to another reconstruction than the stored one, as stored in <c>conflicts/{job}/{sha256}.json</c>. The stored one
/// counts; that there is another says that the job does not give the same everywhere.
/// </summary>
public sealed record JobConflict
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>SHA-256 of the reconstruction's PNG that is stored, 64 hexadecimal digits.</summary>
    public required string StoredSha256 { get; init; }

    /// <summary>SHA-256 of the one that was not accepted, 64 hexadecimal digits.</summary>
    public required string RefusedSha256 { get; init; }

    /// <summary>The device of the attempt that was not accepted, for people.</summary>
    public required string Device { get; init; }

    /// <summary>Version of the product that wrote it.</summary>
    public required string ProductVersion { get; init; }
}
