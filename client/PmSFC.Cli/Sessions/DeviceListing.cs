using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Progress;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Cli.Sessions;

/// <summary>The devices of this machine, and which of them a run in this process would use.</summary>
internal sealed class DeviceListing
{
    /// <summary>What is said where there is none.</summary>
    public const string NoGpu = "no GPU found: this machine has no GPU with an NVIDIA driver.";

    private readonly DeviceDiscovery _discovery = DeviceDiscovery.OfThisMachine;
    private readonly Cpu _cpu = Cpu.Read();
    private readonly Dictionary<string, DeviceOptions> _used;
    private readonly string? _refusal;
    private readonly string _check;

    private DeviceListing(IEnumerable<DeviceOptions> used, string? refusal, string check) =>
        (_used, _refusal, _check) = (used.ToDictionary(device => device.Device), refusal, check);

    /// <summary>Reads them. Where what is asked for is not there, the listing still says what is.</summary>
    public static DeviceListing Of(Invocation invocation)
    {
        var check = $"{invocation.Host.Name} devices check";
        try
        {
            return new DeviceListing(invocation.Devices, null, check);
        }
        catch (BadInputException e)
        {
            return new DeviceListing([], e.Message, check);
        }
    }

    /// <summary>For programs.</summary>
    public object Event =>
        new
        {
            Event = "devices",
            Build = LibTorchBuild.Device,
            _discovery.Inventory.Driver,
            DriverProblem = _discovery.Inventory.Problem,
            Cpu = new
            {
                _cpu.Model,
                _cpu.Cores,
                _cpu.Vectors,
                _cpu.TotalBytes,
                Used = _used.ContainsKey(DeviceRequest.Cpu),
            },
            Gpus = _discovery.Gpus.Select(found => new
            {
                found.Device,
                found.Gpu.Name,
                found.Gpu.Id,
                found.Gpu.Bus,
                found.Gpu.TotalBytes,
                found.Gpu.FreeBytes,
                ComputeCapability = found.Gpu.ComputeCapability?.ToString(),
                Mig = found.Gpu.IsPartitioned,
                Used = Used(found) is not null,
                found.Problem,
            }),
            Used = _used.Values.Select(device => new
            {
                device.Device,
                device.Model,
                Threads = device.Device == DeviceRequest.Cpu ? device.Threads : (int?)null,
                MemoryBytes = device.ResolveMemoryBytes(),
                device.MaximumBatch,
            }),
            Refusal = _refusal,
        };

    /// <summary>For people.</summary>
    public IEnumerable<string> Lines =>
        [
            OfCpu(),
            .. _discovery.Gpus.Select(OfGpu),
            .. _discovery.Inventory.Problem is { } problem ? [$"GPUs are unknown: {problem}."]
            : _discovery.Gpus.Count == 0 ? [NoGpu]
            : Array.Empty<string>(),
            .. _discovery.Inventory.Driver is { } driver
                ?
                [
                    $"NVIDIA driver {driver}; libtorch is built for {(LibTorchBuild.Device == "cuda" ? "GPUs and the CPU" : "the CPU alone")}.",
                ]
                : Array.Empty<string>(),
            _refusal is not null
                ? $"Runs in this process are refused: {_refusal}"
                : $"Runs in this process use {string.Join(", ", _used.Keys)}; choose with --device or {GlobalOptions.DeviceVariable}. "
                    + $"Test them with: {_check}",
        ];

    private DeviceOptions? Used(FoundGpu found) => found.Device is { } device ? _used.GetValueOrDefault(device) : null;

    private string OfCpu()
    {
        var cores = $"{Amounts.Count(_cpu.Cores, "core")}{(_cpu.Vectors.Length == 0 ? "" : $", {_cpu.Vectors}")}";
        var use = _used.GetValueOrDefault(DeviceRequest.Cpu) is { } own
            ? $"used with {Amounts.Count(own.Threads, "thread")}, offers {Amounts.Bytes(own.ResolveMemoryBytes())}."
            : NotUsed(DeviceRequest.Cpu);
        return $"cpu: {_cpu.Model}, {cores}, {Amounts.Bytes(_cpu.TotalBytes)}; {use}";
    }

    private string OfGpu(FoundGpu found)
    {
        string[] facts =
        [
            found.Gpu.Name,
            $"bus {found.Gpu.Bus ?? "unknown"}",
            $"{Amounts.Bytes(found.Gpu.FreeBytes)} of {Amounts.Bytes(found.Gpu.TotalBytes)} free",
            $"compute capability {found.Gpu.ComputeCapability?.ToString() ?? "unknown"}",
            .. found.Gpu.IsPartitioned ? ["in MIG mode"] : Array.Empty<string>(),
        ];
        var use =
            Used(found) is { } own ? $"used, offers {Amounts.Bytes(own.ResolveMemoryBytes())}."
            : found.Problem is { } reason ? $"not used: {reason}."
            : NotUsed(found.Device);
        return $"{found.Device ?? "hidden GPU"}: {string.Join(", ", facts)}; {use}";
    }

    private static string NotUsed(string? device) => $"not used; --device {device} does.";
}
