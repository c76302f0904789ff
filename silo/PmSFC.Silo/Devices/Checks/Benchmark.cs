namespace PmSFC.Silo.Devices.Checks;

/// <summary>How fast a device is at something.</summary>
/// <param name="Name">What it did.</param>
/// <param name="Value">How much of it in a second.</param>
/// <param name="Unit">The value's unit, such as GFLOP/s.</param>
public sealed record Benchmark(string Name, double Value, string Unit);
