using System.Diagnostics.Metrics;
using System.Globalization;
using System.IO.MemoryMappedFiles;

/// <summary>
/// Runs in silos that the runtime is told to start with it: keeps the count of their iterations in a file that is mapped to memory, from which a SIGKILL
/// takes nothing away; lets a device hang, within an iteration, for as long as a test's file is there; and lets it rest after each iteration, where a test
/// needs work that lasts and not the processor's time. Where the runtime looks for it, it has no namespace. An assembly of its own, since Orleans loads what a loaded one refers to.
/// </summary>
public static class StartupHook
{
    /// <summary>The environment variable with the folder of the counts.</summary>
    public const string FolderVariable = "ITERATIONS_FOLDER";

    /// <summary>Behind the folder's name: the file for whose life devices hang.</summary>
    public const string HangSuffix = ".hang";

    /// <summary>The environment variable with the milliseconds for which a device rests after each iteration; none if it is not set.</summary>
    public const string RestVariable = "ITERATIONS_REST";

    private static readonly TimeSpan HangPeriod = TimeSpan.FromSeconds(0.1);

    private static MemoryMappedViewAccessor? s_count;
    private static MeterListener? s_listener;

    /// <summary>Called by the runtime before the silo's own code.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { } folder)
            return;
        var rest = int.Parse(Environment.GetEnvironmentVariable(RestVariable) ?? "0", CultureInfo.InvariantCulture);
        var file = MemoryMappedFile.CreateFromFile(
            Path.Combine(folder, Guid.NewGuid().ToString("n")),
            FileMode.CreateNew,
            null,
            sizeof(long)
        );
        s_count = file.CreateViewAccessor();
        s_listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "pmsfc.iterations")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        // Only the device's thread counts.
        s_listener.SetMeasurementEventCallback<long>(
            (_, iterations, _, _) =>
            {
                s_count.Write(0, s_count.ReadInt64(0) + iterations);
                Thread.Sleep(rest);
                while (File.Exists(folder + HangSuffix))
                    Thread.Sleep(HangPeriod);
            }
        );
        s_listener.Start();
    }
}
