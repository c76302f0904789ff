using System.Globalization;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>Finds the devices of a machine that a silo, whatever process it is in, can offer.</summary>
/// <param name="inventory">Reads which GPUs the machine has; asked once, and only where somebody wants to know of GPUs.</param>
/// <param name="environment">Gives CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER.</param>
/// <param name="cudaProblem">Why libtorch can use no GPU, as the end of a sentence, or null; asked only where there are some.</param>
public sealed class DeviceDiscovery(Func<GpuInventory> inventory, Func<string, string?> environment, Func<string?> cudaProblem)
{
    // The rest is for what the caching allocator keeps, the libraries' workspaces and the context.
    private const double ShareOfFreeMemory = 0.8;
    private const int MaximumBatchOfGpu = 32;

    // PyTorch's builds of 2.8 and later for CUDA 12.8 have no kernels for Maxwell and Pascal.
    private static readonly Version LeastCapability = new(7, 0);

    private readonly Lazy<GpuInventory> _inventory = new(inventory);

    /// <summary>The devices of this machine.</summary>
    public static DeviceDiscovery OfThisMachine { get; } =
        new(() => Nvml.Read(), Environment.GetEnvironmentVariable, LibTorchBuild.CudaProblem);

    /// <summary>What the driver tells.</summary>
    public GpuInventory Inventory => _inventory.Value;

    /// <summary>Each GPU of the machine: first those that this process sees, in CUDA's numbering, then the hidden ones.</summary>
    public IReadOnlyList<FoundGpu> Gpus => _gpus ??= Find();

    private IReadOnlyList<FoundGpu>? _gpus;

    /// <summary>The devices that are asked for.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="common">What all devices have in common; its memory, where it has one, is each device's.</param>
    /// <param name="warn">Takes a sentence of what was found and is not used.</param>
    /// <exception cref="BadInputException">A device that was asked for is not there.</exception>
    public IReadOnlyList<DeviceOptions> Find(DeviceRequest request, DeviceOptions common, Action<string> warn)
    {
        var cpu = common with { Device = DeviceRequest.Cpu };
        if (request.Text == DeviceRequest.Cpu)
            return [cpu];
        FoundGpu[] usable = [.. Gpus.Where(found => found.Problem is null)];
        if (request.Text == DeviceRequest.Automatic)
        {
            if (usable.Length > 0)
                return [.. usable.Select(found => OfGpu(found, common))];
            if (Inventory.Problem is not null || Gpus.Count > 0)
                warn($"No GPU is used, since {Problem()}; the CPU works instead.");
            return [cpu];
        }

        var devices = new List<DeviceOptions>();
        foreach (var part in request.Text.Split(','))
        {
            if (part == DeviceRequest.Cpu)
                devices.Add(cpu);
            else if (usable.Length == 0)
                throw Refuse(Problem());
            else if (part == DeviceRequest.AllGpus)
                devices.AddRange(usable.Select(found => OfGpu(found, common)));
            else if (
                Gpus.FirstOrDefault(found => found.Device is { } device && DeviceRequest.IndexOf(device) == DeviceRequest.IndexOf(part))
                is not { } found
            )
                throw Refuse(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"this process sees {Counted(Gpus.Count(gpu => gpu.Device is not null))}, numbered from 0"
                    )
                );
            else
                devices.Add(found.Problem is { } problem ? throw Refuse(problem) : OfGpu(found, common));

            BadInputException Refuse(string problem) => new($"{request.Origin} asks for {part}, but {problem}; {Offer(usable)}.");
        }

        return [.. devices.DistinctBy(device => device.Device)];
    }

    /// <summary>What can be asked for, as the end of a sentence.</summary>
    private static string Offer(IReadOnlyList<FoundGpu> usable) =>
        usable.Count == 0
            ? "there is the CPU alone: ask for cpu or auto, and see 'pmsfc devices'"
            : $"there are cpu and {string.Join(", ", usable.Select(found => $"{found.Device} ({found.Gpu.Name})"))}: ask for some of them, or for auto, which is all GPUs";

    private string Problem() =>
        Inventory.Problem
        ?? (
            Gpus.Count == 0 ? "this machine has no GPU with an NVIDIA driver"
            : Gpus.All(found => found.Device is null) ? $"{Hidden()} shows none of the {Counted(Gpus.Count)} to this process"
            : Gpus.First(found => found.Device is not null).Problem!
        );

    private FoundGpu[] Find()
    {
        var visible = Inventory.Visible(environment("CUDA_VISIBLE_DEVICES"));
        var problem = visible.Count == 0 ? null : ProblemOfAll(visible);
        return
        [
            .. visible.Select(
                (gpu, index) =>
                    new FoundGpu(
                        gpu,
                        string.Create(CultureInfo.InvariantCulture, $"{DeviceRequest.GpuPrefix}{index}"),
                        problem ?? ProblemOf(gpu)
                    )
            ),
            .. Inventory.Gpus.Except(visible).Select(gpu => new FoundGpu(gpu, null, $"{Hidden()} hides it from this process")),
        ];
    }

    private string? ProblemOfAll(IReadOnlyList<Gpu> visible)
    {
        if (cudaProblem() is { } problem)
            return problem;
        if (visible.FirstOrDefault(gpu => gpu.IsPartitioned) is { } partitioned)
            return $"{partitioned.Name} is in MIG mode, of which CUDA shows a part, in a numbering of its own: turn MIG off ('nvidia-smi -i {partitioned.Bus ?? partitioned.Id} -mig 0', as root), or set CUDA_VISIBLE_DEVICES to the ids of GPUs that are whole";

        // CUDA puts the fastest first by default, the driver's library goes by the bus.
        return visible.DistinctBy(gpu => (gpu.Name, gpu.TotalBytes)).Count() > 1 && environment("CUDA_DEVICE_ORDER") != "PCI_BUS_ID"
            ? "the GPUs differ, and CUDA would number them otherwise than the driver: set CUDA_DEVICE_ORDER to PCI_BUS_ID before the process starts"
            : null;
    }

    private static string? ProblemOf(Gpu gpu) =>
        gpu.ComputeCapability is { } capability && capability < LeastCapability
            ? $"its compute capability is {capability}, and libtorch has no kernels for GPUs below {LeastCapability}"
            : null;

    private string Hidden() => $"CUDA_VISIBLE_DEVICES, which is '{environment("CUDA_VISIBLE_DEVICES")}',";

    private static string Counted(int gpus) => gpus == 1 ? "1 GPU" : string.Create(CultureInfo.InvariantCulture, $"{gpus} GPUs");

    private static DeviceOptions OfGpu(FoundGpu found, DeviceOptions common) =>
        common with
        {
            Device = found.Device!,
            Model = found.Gpu.Name,
            MemoryBytes = common.MemoryBytes ?? (long)(found.Gpu.FreeBytes * ShareOfFreeMemory),
            MaximumBatch = MaximumBatchOfGpu,
        };
}
