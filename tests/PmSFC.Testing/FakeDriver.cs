namespace PmSFC.Testing;

/// <summary>A library with the entry points of the driver's, compiled from a few lines of C.</summary>
public sealed class FakeDriver : INeed, IDisposable
{
    private const string Compiler = "/usr/bin/cc";

    private readonly TemporaryDirectory _folder = new();

    /// <summary>A driver of two GPUs.</summary>
    /// <param name="initialized">What the library's initialization returns.</param>
    public FakeDriver(int initialized)
        : this(
            $$"""
            #include <stdio.h>
            typedef struct { unsigned long long total, free, used; } memory;
            static int open = 0;
            int nvmlInit_v2(void) { open = {{initialized}} == 0; return {{initialized}}; }
            int nvmlShutdown(void) { open = 0; return 0; }
            int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return open ? 0 : 1; }
            int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (void *)(unsigned long)(index + 1); return index < 2 ? 0 : 2; }
            int nvmlDeviceGetName(void *device, char *name, unsigned length) { snprintf(name, length, "Fake %lu", 7999 + (unsigned long)device); return 0; }
            int nvmlDeviceGetUUID(void *device, char *id, unsigned length) { snprintf(id, length, "GPU-%08lx-aaaa", (unsigned long)device - 1); return 0; }
            int nvmlDeviceGetMemoryInfo(void *device, memory *m)
            {
                m->total = 7999999999ull + (unsigned long)device;
                m->free = m->total - 500000000ull;
                m->used = m->total - m->free;
                return 0;
            }
            int nvmlDeviceGetPciInfo_v3(void *device, char *info) { sprintf(info, "0000:%02lX:00.0", (unsigned long)device); sprintf(info + 36, "00000000:%02lX:00.0", (unsigned long)device); return 0; }
            int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) { *major = 8; *minor = (int)(unsigned long)device; return 0; }
            int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending) { *current = *pending = device == (void *)2; return device == (void *)1 ? 3 : 0; }
            int nvmlSystemGetDriverVersion(char *text, unsigned length) { snprintf(text, length, "999.1"); return 0; }
            const char *nvmlErrorString(int code) { static char text[64]; snprintf(text, sizeof text, "error number %d of the fake", code); return text; }
            """
        ) { }

    /// <summary>A driver of any kind.</summary>
    /// <param name="source">The library's C.</param>
    public FakeDriver(string source)
    {
        var file = Path.Combine(_folder.Path, "driver.c");
        File.WriteAllText(file, source);
        ChildProcess.Run(Compiler, "-shared", "-fPIC", "-o", Library, file).ShouldSucceed();
    }

    /// <summary>Why nothing can be compiled here, or null.</summary>
    public static string? Missing => File.Exists(Compiler) ? null : $"It needs {Compiler}: apt-get install gcc libc6-dev.";

    /// <summary>The library.</summary>
    public string Library => Path.Combine(Folder, "libnvidia-ml.so.1");

    /// <summary>Where a process that has it in LD_LIBRARY_PATH finds this one as the driver's.</summary>
    public string Folder => _folder.Path;

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
