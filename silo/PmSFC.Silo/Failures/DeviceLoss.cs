using System.Runtime.InteropServices;

namespace PmSFC.Silo.Failures;

/// <summary>
/// Recognises CUDA errors after which the process's context is of no use: every later call fails with the same error, whatever it is. libtorch tells them
/// by their messages alone.
/// </summary>
public static class DeviceLoss
{
    private static readonly string[] StickyErrors =
    [
        "illegal memory access",
        "illegal instruction",
        "misaligned address",
        "device-side assert",
        "unspecified launch failure",
        "hardware stack error",
        "invalid address space",
        "invalid program counter",
        "uncorrectable ECC error",
        "uncorrectable NVLink error",
        "launch timed out",
        "GPU is lost",
        "fallen off the bus",
    ];

    /// <summary>Whether the exception says that the device is lost to this process.</summary>
    public static bool IsCertain(Exception exception) =>
        exception is ExternalException
        && exception.Message.Contains("CUDA", StringComparison.OrdinalIgnoreCase)
        && Array.Exists(StickyErrors, error => exception.Message.Contains(error, StringComparison.OrdinalIgnoreCase));
}
