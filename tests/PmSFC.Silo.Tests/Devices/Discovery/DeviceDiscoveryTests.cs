using PmSFC.Abstractions.Failures;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Silo.Tests.Devices.Discovery;

public sealed class DeviceDiscoveryTests
{
    private static readonly DeviceOptions Common = new() { Host = "host-1", Threads = 3 };
    private static readonly GpuInventory Two = new([Gpu("a"), Gpu("b")]);
    private static readonly GpuInventory Unlike = new([Gpu("a"), Gpu("b") with { TotalBytes = 24L << 30 }]);

    private readonly List<string> _warnings = [];

    [Fact]
    public void Find_AutomaticWithGpus_IsEachOfThemWithMostOfItsFreeMemory()
    {
        var devices = Find("auto", Two);

        devices.Select(device => device.Device).ShouldBe(["cuda:0", "cuda:1"]);
        devices.ShouldAllBe(device => device.ResolveMemoryBytes() == 8_000_000_000 && device.MaximumBatch == 32);
        devices[1].Describe().ShouldBe("cuda:1 (Model) on host-1");
        _warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Find_AutomaticWithoutGpus_IsTheCpuWithoutAWord()
    {
        Find("auto", GpuInventory.None).ShouldBe([Common]);
        _warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Find_AutomaticWithGpusThatLibtorchCannotUse_IsTheCpuAndSaysWhy()
    {
        Find("auto", Two, hasCuda: false).ShouldBe([Common]);
        _warnings.ShouldHaveSingleItem().ShouldContain("build with -p:TorchDevice=cuda");
    }

    [Fact]
    public void Find_AutomaticWithADriverThatFails_IsTheCpuAndSaysWhy()
    {
        Find("auto", new GpuInventory([], "the driver's library is broken")).ShouldBe([Common]);
        _warnings.ShouldBe(["No GPU is used, since the driver's library is broken; the CPU works instead."]);
    }

    [Fact]
    public void Find_List_IsThoseEachOnce() =>
        Find("cuda:1,cpu,cuda", Two).Select(device => device.Device).ShouldBe(["cuda:1", "cpu", "cuda:0"]);

    [Fact]
    public void Find_TheCpuAlone_AsksNothingOfCuda() =>
        DeviceDiscovery.Find("cpu", Two, _ => null, () => throw new InvalidOperationException("CUDA was asked."), Common, _warnings.Add).ShouldBe([Common]);

    [Fact]
    public void Find_MemoryGiven_IsThatOfEachDevice() =>
        Find("cuda,cpu", Two, memory: 5).ShouldAllBe(device => device.MemoryBytes == 5);

    [Fact]
    public void Find_SomeGpusVisible_AreNumberedAsCudaDoes()
    {
        var devices = Find("cuda", new GpuInventory([Gpu("a"), Gpu("b") with { FreeBytes = 5_000_000_000 }]), visible: "1");

        devices.ShouldHaveSingleItem().Device.ShouldBe("cuda:0");
        devices[0].MemoryBytes.ShouldBe(4_000_000_000);
    }

    [Fact]
    public void Find_UnlikeGpus_NeedTheDriversOrder()
    {
        Should.Throw<BadInputException>(() => Find("cuda", Unlike)).Message.ShouldContain("set CUDA_DEVICE_ORDER to PCI_BUS_ID");
        Find("cuda", Unlike, order: "PCI_BUS_ID").Count.ShouldBe(2);
        Find("cuda", Unlike, visible: "1").Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("cuda:2", "devices asks for cuda:2, but this process sees 2 GPUs, which are numbered from 0.")]
    [InlineData("cpu,cuda:2", "devices asks for cuda:2")]
    public void Find_GpuThatIsNotThere_IsRefused(string request, string sentence) =>
        Should.Throw<BadInputException>(() => Find(request, Two)).Message.ShouldContain(sentence);

    [Fact]
    public void Find_GpusAskedForWhereNoneCanBeUsed_IsRefusedWithTheReason()
    {
        Should.Throw<BadInputException>(() => Find("cuda", GpuInventory.None)).Message.ShouldBe("devices asks for cuda, but this machine has no GPU with an NVIDIA driver.");
        Should.Throw<BadInputException>(() => Find("cuda:0", Two, hasCuda: false)).Message.ShouldContain("-p:TorchDevice=cuda");
        Should.Throw<BadInputException>(() => Find("cuda", Two, visible: "9")).Message.ShouldContain("CUDA_VISIBLE_DEVICES, which is '9', shows none of the 2 GPUs");
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("cpu", true)]
    [InlineData("cuda", true)]
    [InlineData("cuda:0,cuda:11,cpu", true)]
    [InlineData("", false)]
    [InlineData("auto,cpu", false)]
    [InlineData("gpu", false)]
    [InlineData("cuda:", false)]
    [InlineData("cuda:-1", false)]
    [InlineData("cuda:0,,cpu", false)]
    [InlineData("cuda:99999999999", false)]
    public void IsRequest_Text_IsAListOfDevices(string text, bool expected) => DeviceDiscovery.IsRequest(text).ShouldBe(expected);

    private static Gpu Gpu(string id) => new(id, "Model", 12_000_000_000, 10_000_000_000);

    private IReadOnlyList<DeviceOptions> Find(
        string request, GpuInventory inventory, bool hasCuda = true, long? memory = null, string? visible = null, string? order = null) =>
        DeviceDiscovery.Find(
            request, inventory, name => name == "CUDA_VISIBLE_DEVICES" ? visible : order, () => hasCuda, Common with { MemoryBytes = memory }, _warnings.Add);
}
