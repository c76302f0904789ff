using System.Reflection;
using TorchSharp;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>The libtorch that the product was built with.</summary>
public static class LibTorchBuild
{
    private const string Cuda = "cuda";

    /// <summary>For which devices: <c>cpu</c>, or <c>cuda</c> for GPUs and the CPU.</summary>
    public static string Device { get; } =
        typeof(LibTorchBuild)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(metadata => metadata.Key == "TorchDevice")
            .Value!;

    /// <summary>Why it cannot use the GPUs of this machine, as the end of a sentence; null where it can. Loads libtorch where it is for GPUs.</summary>
    public static string? CudaProblem() =>
        Device != Cuda ? "this build is for the CPU alone; to build for GPUs, start it with PMSFC_BACKEND=cuda"
        : !torch.cuda.is_available()
            ? "libtorch cannot use them (the driver may be older than the CUDA of this build; nvidia-smi tells both versions)"
        : null;
}
