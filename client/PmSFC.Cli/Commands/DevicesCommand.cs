using System.Globalization;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Checks;
using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Cli.Commands;

/// <summary><c>devices</c>: what this machine can compute with, what is used, and why something is not.</summary>
internal sealed class DevicesCommand : CliCommand
{
    /// <summary>Makes the command and the one below it.</summary>
    public DevicesCommand(CliHost host, GlobalOptions options)
        : base("devices", "List the devices of this machine, and say why one is not used", host, options) => Add(new Check(host, options));

    /// <inheritdoc/>
    protected override Task<int> RunAsync(Invocation invocation)
    {
        var listing = DeviceListing.Of(invocation);
        if (invocation.Json)
            invocation.Lines.Write(listing.Event);
        foreach (var line in listing.Lines)
            invocation.Say(line);
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary><c>devices check</c>: whether devices compute what they should, and how fast.</summary>
    private sealed class Check(CliHost host, GlobalOptions options)
        : CliCommand(
            "check",
            "Compute known answers on each device, and measure how fast it is; exit code 1 where one is wrong",
            host,
            options
        )
    {
        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var devices = invocation.DeviceRequest is not null ? invocation.Devices : EveryDevice(invocation);
            var perceptual = await File.ReadAllBytesAsync(
                BundledGenerator.PathOf(BundledGenerator.DefaultName, BundledGenerator.DiscriminatorFile),
                invocation.CancellationToken
            );
            var weights = EngineCatalog.BuiltIn.Families.Read(
                await File.ReadAllBytesAsync(
                    BundledGenerator.PathOf(BundledGenerator.DefaultName, BundledGenerator.WeightsFile),
                    invocation.CancellationToken
                ),
                BundledGenerator.DefaultName
            );
            var failed = 0;
            foreach (var device in devices)
                failed += await CheckAsync(invocation, device, new DeviceCheck(device, weights, perceptual, invocation.Host.Time));
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }

        /// <summary>All GPUs that can be used, and the CPU.</summary>
        private static IReadOnlyList<DeviceOptions> EveryDevice(Invocation invocation)
        {
            var gpus = invocation.Devices.Where(device => device.Device != DeviceRequest.Cpu);
            var inventory = DeviceDiscovery.OfThisMachine.Inventory;
            if (inventory.Gpus.Count == 0)
                invocation.Note(inventory.Problem is { } problem ? $"no GPU found: {problem}." : DeviceListing.NoGpu);
            var cpu = invocation.FindDevices(new DeviceRequest(DeviceRequest.Cpu, "the check"));
            return [.. gpus, .. cpu];
        }

        private static async Task<int> CheckAsync(Invocation invocation, DeviceOptions device, DeviceCheck check)
        {
            var (name, began) = (device.Describe(), invocation.Host.Time.GetTimestamp());
            invocation.Say($"{name}{(device.Device == DeviceRequest.Cpu ? $": {Cpu.Read().Model}" : "")}");
            var (passed, failed) = (0, 0);
            await using (check)
            {
                await foreach (var result in check.RunAsync(invocation.CancellationToken))
                {
                    if (result.Passed)
                        passed++;
                    else
                        failed++;
                    if (invocation.Json)
                        invocation.Lines.Write(
                            new
                            {
                                Event = "check",
                                device.Device,
                                Check = result.Name,
                                Difference = double.IsFinite(result.Difference) ? result.Difference : (double?)null,
                                result.Allowed,
                                result.Passed,
                                result.Problem,
                            }
                        );
                    invocation.Say(
                        $"  {(result.Passed ? "pass" : "FAIL")}  {result.Name, -36} "
                            + (
                                result.Problem
                                ?? string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"differs by {result.Difference:0.0e+0}, allowed {result.Allowed:0.0e+0}"
                                )
                            )
                    );
                }

                // A device that computes wrong numbers fast is of no use to anybody.
                if (failed == 0)
                {
                    await foreach (var benchmark in check.MeasureAsync(invocation.CancellationToken))
                    {
                        if (invocation.Json)
                            invocation.Lines.Write(
                                new
                                {
                                    Event = "benchmark",
                                    device.Device,
                                    Benchmark = benchmark.Name,
                                    benchmark.Value,
                                    benchmark.Unit,
                                }
                            );
                        invocation.Say(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"        {benchmark.Name, -44} {benchmark.Value:0.0} {benchmark.Unit}"
                            )
                        );
                    }
                }
            }

            var seconds = invocation.Host.Time.GetElapsedTime(began).TotalSeconds;
            if (invocation.Json)
                invocation.Lines.Write(
                    new
                    {
                        Event = "checked",
                        device.Device,
                        Name = name,
                        Passed = failed == 0,
                        Checks = passed + failed,
                        Failed = failed,
                        Seconds = seconds,
                    }
                );
            invocation.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(failed == 0 ? "passed" : "FAILED")}: {name}, {passed} of {passed + failed} checks right, {seconds:0} s{(failed == 0 ? "" : "; do not use this device: its numbers are wrong")}."
                )
            );
            return failed;
        }
    }
}
