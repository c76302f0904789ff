using System.Globalization;
using PmSFC.Abstractions.Failures;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>Finds the devices that a silo offers.</summary>
public static class DeviceDiscovery
{
    /// <summary>All GPUs where this process can use some, else the CPU.</summary>
    public const string Automatic = "auto";

    private const string Cpu = "cpu", AllGpus = "cuda", GpuPrefix = "cuda:";

    // The rest is for what the caching allocator keeps, the libraries' workspaces and the context.
    private const double ShareOfFreeMemory = 0.8;
    private const int MaximumBatchOfGpu = 32;

    /// <summary>Whether a text is <c>auto</c>, or names devices: <c>cpu</c>, <c>cuda</c> for all GPUs, <c>cuda:N</c> for one, joined by commas.</summary>
    public static bool IsRequest(string text) => text == Automatic || text.Split(',').All(part => part is Cpu or AllGpus || Index(part) is not null);

    /// <summary>The devices that are asked for.</summary>
    /// <param name="request">As <see cref="IsRequest"/> describes.</param>
    /// <param name="inventory">The machine's GPUs.</param>
    /// <param name="environment">Gives CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER.</param>
    /// <param name="hasCuda">Whether libtorch can use GPUs; asked only where there are some.</param>
    /// <param name="common">What all devices have in common; its memory, where it has one, is each device's.</param>
    /// <param name="warn">Takes a sentence of what was found and is not used.</param>
    /// <exception cref="BadInputException">A device that was asked for is not there.</exception>
    public static IReadOnlyList<DeviceOptions> Find(
        string request, GpuInventory inventory, Func<string, string?> environment, Func<bool> hasCuda, DeviceOptions common, Action<string> warn)
    {
        if (request == Cpu) return [common with { Device = Cpu }];
        var visible = inventory.Visible(environment("CUDA_VISIBLE_DEVICES"));
        var problem = Problem(inventory, visible, environment, hasCuda);
        if (request == Automatic)
        {
            if (problem is not null && (inventory.Problem is not null || inventory.Gpus.Count > 0))
                warn($"No GPU is used, since {problem}; the CPU works instead.");
            return problem is null ? [.. visible.Select((gpu, index) => OfGpu(gpu, index, common))] : [common with { Device = Cpu }];
        }

        var devices = new List<DeviceOptions>();
        foreach (var part in request.Split(','))
        {
            if (part != Cpu && problem is not null) throw new BadInputException($"devices asks for {part}, but {problem}.");
            if (part == Cpu)
                devices.Add(common with { Device = Cpu });
            else if (part == AllGpus)
                devices.AddRange(visible.Select((gpu, index) => OfGpu(gpu, index, common)));
            else if (Index(part) is { } index && index < visible.Count)
                devices.Add(OfGpu(visible[index], index, common));
            else
                throw new BadInputException($"devices asks for {part}, but this process sees {visible.Count} GPUs, which are numbered from 0.");
        }

        return [.. devices.DistinctBy(device => device.Device)];
    }

    private static string? Problem(GpuInventory inventory, IReadOnlyList<Gpu> visible, Func<string, string?> environment, Func<bool> hasCuda)
    {
        if (inventory.Problem is { } unknown) return unknown;
        if (inventory.Gpus.Count == 0) return "this machine has no GPU with an NVIDIA driver";
        if (visible.Count == 0) return $"CUDA_VISIBLE_DEVICES, which is '{environment("CUDA_VISIBLE_DEVICES")}', shows none of the {inventory.Gpus.Count} GPUs to this process";
        if (!hasCuda()) return "this build has the libtorch for CPUs, or one that the driver does not suit: build with -p:TorchDevice=cuda, for the CUDA of this driver or an earlier one";

        // CUDA puts the fastest first by default, the driver's library goes by the bus.
        return visible.DistinctBy(gpu => (gpu.Name, gpu.TotalBytes)).Count() > 1 && environment("CUDA_DEVICE_ORDER") != "PCI_BUS_ID"
            ? "its GPUs differ, and CUDA would number them otherwise than the driver: set CUDA_DEVICE_ORDER to PCI_BUS_ID before the silo starts"
            : null;
    }

    private static DeviceOptions OfGpu(Gpu gpu, int index, DeviceOptions common) => common with
    {
        Device = string.Create(CultureInfo.InvariantCulture, $"{GpuPrefix}{index}"),
        Model = gpu.Name,
        MemoryBytes = common.MemoryBytes ?? (long)(gpu.FreeBytes * ShareOfFreeMemory),
        MaximumBatch = MaximumBatchOfGpu,
    };

    private static int? Index(string part) =>
        part.StartsWith(GpuPrefix, StringComparison.Ordinal) && int.TryParse(part.AsSpan(GpuPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
