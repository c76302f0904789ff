namespace PmSFC.Grains.Devices.Scheduling;

/// <summary>Which work a device gets first, of what waits with one priority and fits it. Stateless: what it may know is in the candidate.</summary>
public interface ISchedulingPolicy
{
    /// <summary>The name that the setting <c>scheduling</c> of a silo gives to it.</summary>
    string Name { get; }

    /// <summary>Where a candidate comes in the order: the least first, and of equal ones the oldest.</summary>
    /// <param name="candidate">The oldest item of those that only their image distinguishes.</param>
    double Rank(in SchedulingCandidate candidate);
}
