using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Client.Sweeps;
using PmSFC.Silo.Devices;

namespace PmSFC.Cli.Sessions;

/// <summary>What computes where sweeps run in this process.</summary>
internal sealed class EmbeddedDevices(IReadOnlyList<DeviceOptions> devices)
{
    /// <summary>The devices, for people.</summary>
    public IReadOnlyList<string> Describe() =>
        [.. devices.Select(device => $"{device.Describe()}, which offers {Amounts.Bytes(device.ResolveMemoryBytes())}")];

    /// <summary>Checks that every job that a forecast says is left fits into a device: no other device can be added here, as one can to a cluster.</summary>
    /// <exception cref="BadInputException">Something does not.</exception>
    public void CheckMemory(SweepForecast forecast)
    {
        var offered = devices.Max(device => device.ResolveMemoryBytes());
        if (forecast.Cells.MaxBy(cell => cell.BytesLeft) is not { } largest || largest.BytesLeft <= offered) return;
        var what = largest.BytesPerJob == largest.BytesLeft ? "a job" : "the training of the network";
        throw new BadInputException(
            $"'{largest.Label}' needs {Amounts.Bytes(largest.BytesLeft)} for {what}, but "
            + $"{(devices.Count == 1 ? "this device offers" : "the largest of these devices offers")} {Amounts.Bytes(offered)}; "
            + "offer more with --memory where the machine has it, or run it on a larger machine.");
    }
}
