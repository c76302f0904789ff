using System.Runtime.InteropServices;

namespace PmSFC.Silo.Failures;

/// <summary>Recognises that memory ran out, which libtorch tells by its messages alone.</summary>
public static class DeviceMemory
{
    /// <summary>Whether the exception says that an allocation failed.</summary>
    public static bool IsExhausted(Exception exception) =>
        exception is OutOfMemoryException
        || (
            exception is ExternalException
            && (
                exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
                || exception.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)
                || exception.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase)
            )
        );
}
