using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Silo.Tests.Devices.Discovery;

public sealed class NvmlTests
{
    [Fact]
    public void Read_NoLibrary_IsNoGpuAndNoProblem() => Nvml.Read("libthere-is-no-such-library.so.1").ShouldBe(GpuInventory.None);

    [FactNeeding<FakeDriver>]
    public void Read_TwoGpus_TellsIdsModelsAndMemory()
    {
        using var driver = new FakeDriver(initialized: 0);

        var inventory = Nvml.Read(driver.Library);

        inventory.Problem.ShouldBeNull();
        inventory.Gpus.ShouldBe([
            new Gpu("GPU-00000000-aaaa", "Fake 8000", 8_000_000_000, 7_500_000_000)
            {
                Bus = "00000000:01:00.0",
                ComputeCapability = new Version(8, 1),
            },
            new Gpu("GPU-00000001-aaaa", "Fake 8001", 8_000_000_001, 7_500_000_001)
            {
                Bus = "00000000:02:00.0",
                ComputeCapability = new Version(8, 2),
                IsPartitioned = true,
            },
        ]);
        inventory.Driver.ShouldBe("999.1");
    }

    [FactNeeding<FakeDriver>]
    public void Read_DriverThatTellsLess_LeavesItOut()
    {
        using var driver = new FakeDriver(
            """
            #include <string.h>
            int nvmlInit_v2(void) { return 0; }
            int nvmlShutdown(void) { return 0; }
            int nvmlDeviceGetCount_v2(unsigned *count) { *count = 1; return 0; }
            int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (void *)1; return 0; }
            int nvmlDeviceGetName(void *device, char *name, unsigned length) { strcpy(name, "Old"); return 0; }
            int nvmlDeviceGetUUID(void *device, char *id, unsigned length) { strcpy(id, "GPU-old"); return 0; }
            int nvmlDeviceGetMemoryInfo(void *device, unsigned long long *m) { m[0] = 2; m[1] = 1; m[2] = 1; return 0; }
            int nvmlDeviceGetCudaComputeCapability(void *device, int *major, int *minor) { return 3; }
            const char *nvmlErrorString(int code) { return "?"; }
            """
        );

        Nvml.Read(driver.Library).Gpus.ShouldBe([new Gpu("GPU-old", "Old", 2, 1)]);
    }

    [FactNeeding<FakeDriver>]
    public void Read_DriverNotLoaded_IsNoGpuAndNoProblem()
    {
        using var driver = new FakeDriver(initialized: 9);

        Nvml.Read(driver.Library).ShouldBe(GpuInventory.None);
    }

    [FactNeeding<FakeDriver>]
    public void Read_DriverAndLibraryOfDifferentVersions_SaysSo()
    {
        using var driver = new FakeDriver(initialized: 18);

        var inventory = Nvml.Read(driver.Library);

        inventory.Gpus.ShouldBeEmpty();
        inventory.Problem.ShouldNotBeNull().ShouldContain("(error number 18 of the fake)");
    }

    [FactNeeding<FakeDriver>]
    public void Read_LibraryThatIsAnother_SaysSo()
    {
        using var driver = new FakeDriver("int nothing(void) { return 0; }");

        Nvml.Read(driver.Library).Problem.ShouldNotBeNull().ShouldContain("cannot tell which GPUs there are");
    }
}
