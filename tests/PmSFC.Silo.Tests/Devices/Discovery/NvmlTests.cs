using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Silo.Tests.Devices.Discovery;

public sealed class NvmlTests
{
    [Fact]
    public void Read_NoLibrary_IsNoGpuAndNoProblem() => Nvml.Read("libthere-is-no-such-library.so.1").ShouldBe(GpuInventory.None);

    [CompilerFact]
    public void Read_TwoGpus_TellsIdsModelsAndMemory()
    {
        using var driver = new FakeDriver(initialized: 0);

        var inventory = Nvml.Read(driver.Library);

        inventory.Problem.ShouldBeNull();
        inventory.Gpus.ShouldBe(
        [
            new Gpu("GPU-00000000-aaaa", "Fake 8000", 8_000_000_000, 7_500_000_000),
            new Gpu("GPU-00000001-aaaa", "Fake 8001", 8_000_000_001, 7_500_000_001),
        ]);
    }

    [CompilerFact]
    public void Read_DriverNotLoaded_IsNoGpuAndNoProblem()
    {
        using var driver = new FakeDriver(initialized: 9);

        Nvml.Read(driver.Library).ShouldBe(GpuInventory.None);
    }

    [CompilerFact]
    public void Read_DriverAndLibraryOfDifferentVersions_SaysSo()
    {
        using var driver = new FakeDriver(initialized: 18);

        var inventory = Nvml.Read(driver.Library);

        inventory.Gpus.ShouldBeEmpty();
        inventory.Problem.ShouldNotBeNull().ShouldContain("(error number 18 of the fake)");
    }

    [CompilerFact]
    public void Read_LibraryThatIsAnother_SaysSo()
    {
        using var driver = new FakeDriver("int nothing(void) { return 0; }");

        Nvml.Read(driver.Library).Problem.ShouldNotBeNull().ShouldContain("cannot tell which GPUs there are");
    }
}
