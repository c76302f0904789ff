namespace PmSFC.Grains.Devices.Scheduling;

/// <summary>First whose owner has used devices least.</summary>
public sealed class FairSharePolicy : ISchedulingPolicy
{
    /// <inheritdoc/>
    public string Name => "fair-share";

    /// <inheritdoc/>
    public double Rank(in SchedulingCandidate candidate) => candidate.OwnerUsage;
}
