using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>The machine's CPU.</summary>
/// <param name="Model">What its maker calls it, or its architecture where the system does not tell.</param>
/// <param name="Cores">How many of its cores this process may use.</param>
/// <param name="Vectors">Its widest vector instructions, such as AVX2; empty for none that is known.</param>
/// <param name="TotalBytes">Memory that this process may use: the machine's, or a container's.</param>
public sealed record Cpu(string Model, int Cores, string Vectors, long TotalBytes)
{
    private const string Information = "/proc/cpuinfo",
        ModelEntry = "model name";

    /// <summary>Asks the system.</summary>
    public static Cpu Read() =>
        new(
            ReadModel() ?? RuntimeInformation.ProcessArchitecture.ToString(),
            Environment.ProcessorCount,
            Avx512F.IsSupported ? "AVX-512"
                : Avx2.IsSupported ? "AVX2"
                : AdvSimd.IsSupported ? "NEON"
                : "",
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes
        );

    private static string? ReadModel()
    {
        try
        {
            var line = File.ReadLines(Information).FirstOrDefault(line => line.StartsWith(ModelEntry, StringComparison.Ordinal));
            return line?[(line.IndexOf(':') + 1)..].Trim() is { Length: > 0 } model ? model : null;
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
