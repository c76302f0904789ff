using System.Runtime.InteropServices;
using System.Text;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>
/// Asks the NVIDIA Management Library, which comes with the driver and not with CUDA: it tells of GPUs without making a context on any.
/// </summary>
public static class Nvml
{
    private const string DriversLibrary = "libnvidia-ml.so.1";
    private const int Success = 0,
        DriverNotLoaded = 9,
        TextBytes = 96;
    private const uint MigEnabled = 1;

    // nvmlPciInfo_t: the older, shorter text of 16 bytes, five numbers of 4 bytes, the text.
    private const int PlaceOfBusId = 36;

    /// <summary>The machine's GPUs.</summary>
    /// <param name="library">The library's name or path.</param>
    public static GpuInventory Read(string library = DriversLibrary)
    {
        if (!NativeLibrary.TryLoad(library, out var handle))
            return GpuInventory.None;
        try
        {
            var functions = new Functions(handle);
            var code = functions.Initialize();
            if (code == DriverNotLoaded)
                return GpuInventory.None;
            Check(functions, code);
            try
            {
                Check(functions, functions.Count(out var count));
                return new GpuInventory([.. Enumerable.Range(0, (int)count).Select(index => Describe(functions, (uint)index))])
                {
                    Driver = Told(text => functions.Driver?.Invoke(text, TextBytes)),
                };
            }
            finally
            {
                functions.Shutdown();
            }
        }
        catch (Exception e) when (e is NvmlException or EntryPointNotFoundException)
        {
            return new GpuInventory(
                [],
                $"the NVIDIA driver's library {library} cannot tell which GPUs there are ({e.Message.TrimEnd('.')})"
            );
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    private static Gpu Describe(Functions functions, uint index)
    {
        Check(functions, functions.Device(index, out var device));
        Check(functions, functions.Memory(device, out var memory));
        int major = 0,
            minor = 0;
        uint mode = 0;
        return new Gpu(
            Text(functions, functions.Id, device),
            Text(functions, functions.Name, device),
            (long)memory.Total,
            (long)memory.Free
        )
        {
            Bus = Told(text => functions.Bus?.Invoke(device, text), text => text[PlaceOfBusId..]),
            ComputeCapability = functions.Capability?.Invoke(device, out major, out minor) == Success ? new Version(major, minor) : null,
            IsPartitioned = functions.MigMode?.Invoke(device, out mode, out _) == Success && mode == MigEnabled,
        };
    }

    private static string Text(Functions functions, TextOfDevice ask, nint device)
    {
        var text = new byte[TextBytes];
        Check(functions, ask(device, text, TextBytes));
        return Decode(text);
    }

    /// <summary>A text that not every driver tells.</summary>
    private static string? Told(Func<byte[], int?> ask, Func<byte[], byte[]>? part = null)
    {
        var text = new byte[TextBytes];
        return ask(text) == Success ? Decode(part?.Invoke(text) ?? text) : null;
    }

    private static string Decode(byte[] text) =>
        Encoding.UTF8.GetString(text, 0, Array.IndexOf(text, (byte)0) is var end and >= 0 ? end : text.Length);

    private static void Check(Functions functions, int code)
    {
        if (code != Success)
            throw new NvmlException(Marshal.PtrToStringUTF8(functions.Error(code)) ?? $"error {code}");
    }

    private delegate int Call();

    private delegate int CountOfDevices(out uint count);

    private delegate int DeviceAt(uint index, out nint device);

    private delegate int TextOfDevice(nint device, byte[] text, uint length);

    private delegate int MemoryOfDevice(nint device, out Memory memory);

    private delegate int PciOfDevice(nint device, byte[] info);

    private delegate int CapabilityOfDevice(nint device, out int major, out int minor);

    private delegate int MigModeOfDevice(nint device, out uint current, out uint pending);

    private delegate int TextOfSystem(byte[] text, uint length);

    private delegate nint ErrorText(int code);

    private readonly record struct Memory(ulong Total, ulong Free, ulong Used);

    private sealed class Functions(nint library)
    {
        public Call Initialize { get; } = Get<Call>(library, "nvmlInit_v2");

        public Call Shutdown { get; } = Get<Call>(library, "nvmlShutdown");

        public CountOfDevices Count { get; } = Get<CountOfDevices>(library, "nvmlDeviceGetCount_v2");

        public DeviceAt Device { get; } = Get<DeviceAt>(library, "nvmlDeviceGetHandleByIndex_v2");

        public TextOfDevice Name { get; } = Get<TextOfDevice>(library, "nvmlDeviceGetName");

        public TextOfDevice Id { get; } = Get<TextOfDevice>(library, "nvmlDeviceGetUUID");

        public MemoryOfDevice Memory { get; } = Get<MemoryOfDevice>(library, "nvmlDeviceGetMemoryInfo");

        public PciOfDevice? Bus { get; } = Find<PciOfDevice>(library, "nvmlDeviceGetPciInfo_v3");

        public CapabilityOfDevice? Capability { get; } = Find<CapabilityOfDevice>(library, "nvmlDeviceGetCudaComputeCapability");

        public MigModeOfDevice? MigMode { get; } = Find<MigModeOfDevice>(library, "nvmlDeviceGetMigMode");

        public TextOfSystem? Driver { get; } = Find<TextOfSystem>(library, "nvmlSystemGetDriverVersion");

        public ErrorText Error { get; } = Get<ErrorText>(library, "nvmlErrorString");

        private static T Get<T>(nint library, string name)
            where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

        /// <summary>A function that older drivers lack; null there.</summary>
        private static T? Find<T>(nint library, string name)
            where T : Delegate =>
            NativeLibrary.TryGetExport(library, name, out var function) ? Marshal.GetDelegateForFunctionPointer<T>(function) : null;
    }

    private sealed class NvmlException(string message) : Exception(message);
}
