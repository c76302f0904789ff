using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Engine.Generators;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Checks;
using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Cli.Commands;

/// <summary><c>devices</c>: what this machine can compute with, what is used, and why something is not.</summary>
internal sealed class DevicesCommand : CliCommand
{
    private const string NoGpu = "no GPU at hand: this machine has no GPU with an NVIDIA driver.";

    /// <summary>Makes the command and the one below it.</summary>
    public DevicesCommand(CliHost host, GlobalOptions options)
        : base("devices", "List the devices of this machine, and say why one is not used", host, options) => Add(new Check(host, options));

    /// <inheritdoc/>
    protected override Task<int> RunAsync(Invocation invocation)
    {
        var (discovery, cpu) = (DeviceDiscovery.OfThisMachine, Cpu.Read());
        var used = UsedBy(invocation, out var refusal);
        if (invocation.Json)
        {
            invocation.Lines.Write(new
            {
                Event = "devices", Build = LibTorchBuild.Device, discovery.Inventory.Driver, DriverProblem = discovery.Inventory.Problem,
                Cpu = new { cpu.Model, cpu.Cores, cpu.Vectors, cpu.TotalBytes, Used = Offer(DeviceRequest.Cpu) is not null },
                Gpus = discovery.Gpus.Select(found => new
                {
                    found.Device, found.Gpu.Name, found.Gpu.Id, found.Gpu.Bus, found.Gpu.TotalBytes, found.Gpu.FreeBytes,
                    ComputeCapability = found.Gpu.ComputeCapability?.ToString(), Mig = found.Gpu.IsPartitioned, Used = Offer(found.Device) is not null, found.Problem,
                }),
                Used = used.Select(device => new { device.Device, device.Model, Threads = device.Device == DeviceRequest.Cpu ? device.Threads : (int?)null, MemoryBytes = device.ResolveMemoryBytes(), device.MaximumBatch }),
                Refusal = refusal,
            });
            return Task.FromResult(ExitCode.Done);
        }

        var cores = string.Create(CultureInfo.InvariantCulture, $"{cpu.Cores} {(cpu.Cores == 1 ? "core" : "cores")}{(cpu.Vectors.Length == 0 ? "" : $", {cpu.Vectors}")}");
        invocation.Say($"cpu: {cpu.Model}, {cores}, {Amounts.Bytes(cpu.TotalBytes)}; {Use(DeviceRequest.Cpu, null)}");
        foreach (var found in discovery.Gpus)
        {
            string[] facts =
            [
                found.Gpu.Name, $"bus {found.Gpu.Bus ?? "unknown"}", $"{Amounts.Bytes(found.Gpu.FreeBytes)} of {Amounts.Bytes(found.Gpu.TotalBytes)} free",
                $"compute capability {found.Gpu.ComputeCapability?.ToString() ?? "unknown"}", .. found.Gpu.IsPartitioned ? ["in MIG mode"] : Array.Empty<string>(),
            ];
            invocation.Say($"{found.Device ?? "hidden GPU"}: {string.Join(", ", facts)}; {Use(found.Device, found.Problem)}");
        }

        if (discovery.Inventory.Problem is { } problem) invocation.Say($"GPUs are unknown: {problem}.");
        else if (discovery.Gpus.Count == 0) invocation.Say(NoGpu);
        if (discovery.Inventory.Driver is { } driver) invocation.Say($"NVIDIA driver {driver}; libtorch is built for {(LibTorchBuild.Device == "cuda" ? "GPUs and the CPU" : "the CPU alone")}.");
        invocation.Say(
            (refusal is null ? $"Runs in this process use {string.Join(", ", used.Select(device => device.Device))}; choose with --device or {GlobalOptions.DeviceVariable}." : $"Runs in this process are refused: {refusal}") +
            $" Test them with: {invocation.Host.Name} devices check");
        return Task.FromResult(ExitCode.Done);

        DeviceOptions? Offer(string? device) => used.FirstOrDefault(candidate => candidate.Device == device);

        string Use(string? device, string? unusable) => (Offer(device), unusable) switch
        {
            ({ Device: DeviceRequest.Cpu } own, _) => $"used with {Amounts.Count(own.Threads, "thread")}, offers {Amounts.Bytes(own.ResolveMemoryBytes())}.",
            ({ } own, _) => $"used, offers {Amounts.Bytes(own.ResolveMemoryBytes())}.",
            (null, { } reason) => $"not used: {reason}.",
            _ => $"not used; --device {device} does.",
        };
    }

    /// <summary>What a run would use; where the environment asks for what is not there, the list still shows what is.</summary>
    private static IReadOnlyList<DeviceOptions> UsedBy(Invocation invocation, out string? refusal)
    {
        refusal = null;
        try
        {
            return invocation.Devices;
        }
        catch (BadInputException e)
        {
            refusal = e.Message;
            return [];
        }
    }

    /// <summary><c>devices check</c>: whether devices compute what they should, and how fast.</summary>
    private sealed class Check(CliHost host, GlobalOptions options)
        : CliCommand("check", "Compute known answers on each device, and measure how fast it is; exit code 1 where one is wrong", host, options)
    {
        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var devices = invocation.AsksForDevices ? invocation.Devices : EveryDevice(invocation);
            var perceptual = await File.ReadAllBytesAsync(BundledGenerator.PathOf("discriminator.safetensors"), invocation.CancellationToken);
            var weights = GeneratorWeights.Read(await File.ReadAllBytesAsync(BundledGenerator.PathOf("generator.safetensors"), invocation.CancellationToken), BundledGenerator.Name);
            var failed = 0;
            foreach (var device in devices) failed += await CheckAsync(invocation, device, new DeviceCheck(device, weights, perceptual, invocation.Host.Time));
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }

        /// <summary>All GPUs that can be used, and the CPU.</summary>
        private static IReadOnlyList<DeviceOptions> EveryDevice(Invocation invocation)
        {
            var gpus = invocation.Devices.Where(device => device.Device != DeviceRequest.Cpu);
            var inventory = DeviceDiscovery.OfThisMachine.Inventory;
            if (inventory.Gpus.Count == 0) invocation.Note(inventory.Problem is { } problem ? $"no GPU at hand: {problem}." : NoGpu);
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
                    if (result.Passed) passed++;
                    else failed++;
                    if (invocation.Json)
                        invocation.Lines.Write(new { Event = "check", device.Device, Check = result.Name, Difference = double.IsFinite(result.Difference) ? result.Difference : (double?)null, result.Allowed, result.Passed, result.Problem });
                    invocation.Say(
                        $"  {(result.Passed ? "pass" : "FAIL")}  {result.Name,-36} " +
                        (result.Problem ?? string.Create(CultureInfo.InvariantCulture, $"differs by {result.Difference:0.0e+0}, allowed {result.Allowed:0.0e+0}")));
                }

                // A device that computes wrong numbers fast is of no use to anybody.
                if (failed == 0)
                {
                    await foreach (var benchmark in check.MeasureAsync(invocation.CancellationToken))
                    {
                        if (invocation.Json) invocation.Lines.Write(new { Event = "benchmark", device.Device, Benchmark = benchmark.Name, benchmark.Value, benchmark.Unit });
                        invocation.Say(string.Create(CultureInfo.InvariantCulture, $"        {benchmark.Name,-44} {benchmark.Value:0.0} {benchmark.Unit}"));
                    }
                }
            }

            var seconds = invocation.Host.Time.GetElapsedTime(began).TotalSeconds;
            if (invocation.Json) invocation.Lines.Write(new { Event = "checked", device.Device, Name = name, Passed = failed == 0, Checks = passed + failed, Failed = failed, Seconds = seconds });
            invocation.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"{(failed == 0 ? "passed" : "FAILED")}: {name}, {passed} of {passed + failed} checks right, {seconds:0} s{(failed == 0 ? "" : "; do not use this device: its numbers are wrong")}."));
            return failed;
        }
    }
}
