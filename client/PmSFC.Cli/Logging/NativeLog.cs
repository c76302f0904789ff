using System.Runtime.InteropServices;

namespace PmSFC.Cli.Logging;

/// <summary>
/// Keeps libtorch's warnings off the terminal: on processors that NNPACK does not know it writes one for each small convolution, thousands in a
/// run. Who sets TORCH_CPP_LOG_LEVEL gets what he asks for.
/// </summary>
internal static class NativeLog
{
    /// <summary>Must come before libtorch is loaded.</summary>
    public static void Quieten()
    {
        // The runtime keeps a copy of the environment of its own, which native code does not see.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) _ = SetVariable("TORCH_CPP_LOG_LEVEL", "ERROR", overwrite: 0);
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi)]
    private static extern int SetVariable(string name, string value, int overwrite);
}
