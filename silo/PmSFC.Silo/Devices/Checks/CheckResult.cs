namespace PmSFC.Silo.Devices.Checks;

/// <summary>What one check of a device found.</summary>
/// <param name="Name">What was computed.</param>
/// <param name="Difference">The largest difference from the known answer, as a share of the answer's size; NaN where nothing was computed.</param>
/// <param name="Allowed">The largest difference that rounding explains.</param>
/// <param name="Problem">Why nothing was computed, one line; null where something was.</param>
public sealed record CheckResult(string Name, double Difference, double Allowed, string? Problem = null)
{
    /// <summary>Whether the device computes this right.</summary>
    public bool Passed => Problem is null && Difference <= Allowed;
}
