namespace PmSFC.Client.Sweeps;

/// <summary>A sweep whose plan is stored.</summary>
/// <param name="Id">The sweep's id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="SubmittedAt">When it was last started or resumed, or null where no client recorded that.</param>
public sealed record StoredSweep(string Id, string Name, DateTimeOffset? SubmittedAt)
{
    /// <summary>Why its plan cannot be read and what to do, or null where it can. The name is empty where there is a problem.</summary>
    public string? Problem { get; init; }
}
