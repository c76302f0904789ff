namespace PmSFC.Grains.Devices.Scheduling;

/// <summary>First what has waited longest, of any owner: for a cluster of one team, whose sweeps then end in the order of their starts.</summary>
public sealed class FirstComePolicy : ISchedulingPolicy
{
    /// <inheritdoc/>
    public string Name => "first-come";

    /// <inheritdoc/>
    public double Rank(in SchedulingCandidate candidate) => 0;
}
