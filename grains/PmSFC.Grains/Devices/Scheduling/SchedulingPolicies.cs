namespace PmSFC.Grains.Devices.Scheduling;

/// <summary>The scheduling policies that a pool can have.</summary>
public static class SchedulingPolicies
{
    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<ISchedulingPolicy> All { get; } = [new FairSharePolicy(), new FirstComePolicy()];

    /// <summary>The default.</summary>
    public static ISchedulingPolicy Default => All[0];

    /// <summary>The policy of a name; <see langword="null"/> where there is none.</summary>
    public static ISchedulingPolicy? Find(string name) => All.FirstOrDefault(policy => policy.Name == name);
}
