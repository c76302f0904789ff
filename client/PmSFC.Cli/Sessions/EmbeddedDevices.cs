using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Client.Sweeps;
using PmSFC.Silo.Devices;

namespace PmSFC.Cli.Sessions;

/// <summary>What computes where sweeps run in this process.</summary>
internal sealed class EmbeddedDevices(IReadOnlyList<DeviceOptions> devices)
{
    /// <summary>What memory is needed for, as error messages say it.</summary>
    public const string Discovery = "the discovery of its subspaces",
        Preparation = "what a discovery reads";

    /// <summary>The devices, for people.</summary>
    public IReadOnlyList<string> Describe() =>
        [.. devices.Select(device => $"{device.Describe()}, which offers {Amounts.Bytes(device.ResolveMemoryBytes())}")];

    /// <summary>Checks that every job that a forecast says is left fits into a device: no other device can be added here, as one can to a cluster.</summary>
    /// <exception cref="BadInputException">Something does not.</exception>
    public void CheckMemory(SweepForecast forecast)
    {
        if (forecast.Cells.MaxBy(cell => cell.BytesLeft) is not { } largest)
            return;
        var what =
            largest.BytesLeft == largest.BytesPerJob ? "a job"
            : largest.BytesLeft == largest.TrainingBytes ? "the training of the network"
            : largest.BytesLeft == largest.DiscoveryBytes ? Discovery
            : "what its discovery or its jobs read";
        CheckMemory(largest.Label, largest.BytesLeft, what);
    }

    /// <summary>Checks that something fits into a device.</summary>
    /// <param name="name">What error messages call it.</param>
    /// <param name="bytes">Predicted memory.</param>
    /// <param name="what">What takes the memory, as error messages say it.</param>
    /// <exception cref="BadInputException">It does not.</exception>
    public void CheckMemory(string name, long bytes, string what)
    {
        var offered = devices.Max(device => device.ResolveMemoryBytes());
        if (bytes <= offered)
            return;
        throw new BadInputException(
            $"'{name}' needs {Amounts.Bytes(bytes)} for {what}, but "
                + $"{(devices.Count == 1 ? "this device offers" : "the largest of these devices offers")} {Amounts.Bytes(offered)}; "
                + "offer more with --memory where the machine has it, or run it on a larger machine."
        );
    }
}
