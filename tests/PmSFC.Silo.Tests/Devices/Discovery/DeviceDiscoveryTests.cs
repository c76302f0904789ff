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
        _warnings.ShouldHaveSingleItem().ShouldContain("PMSFC_BACKEND=cuda");
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
        new DeviceDiscovery(
            () => throw new InvalidOperationException("The driver was asked."),
            _ => null,
            () => throw new InvalidOperationException("CUDA was asked.")
        )
            .Find(new DeviceRequest("cpu", "devices"), Common, _warnings.Add)
            .ShouldBe([Common]);

    [Fact]
    public void Find_MemoryGiven_IsThatOfEachDevice() => Find("cuda,cpu", Two, memory: 5).ShouldAllBe(device => device.MemoryBytes == 5);

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
    [InlineData(
        "cuda:2",
        "devices asks for cuda:2, but this process sees 2 GPUs, numbered from 0; there are cpu and cuda:0 (Model), cuda:1 (Model): ask for some of them, or for auto, which is all GPUs."
    )]
    [InlineData("cpu,cuda:2", "devices asks for cuda:2")]
    public void Find_GpuThatIsNotThere_IsRefused(string request, string sentence) =>
        Should.Throw<BadInputException>(() => Find(request, Two)).Message.ShouldContain(sentence);

    [Fact]
    public void Find_GpusAskedForWhereNoneCanBeUsed_IsRefusedWithTheReason()
    {
        Should
            .Throw<BadInputException>(() => Find("cuda", GpuInventory.None))
            .Message.ShouldBe(
                "devices asks for cuda, but this machine has no GPU with an NVIDIA driver; there is the CPU alone: ask for cpu or auto, and see 'pmsfc devices'."
            );
        Should.Throw<BadInputException>(() => Find("cuda:0", Two, hasCuda: false)).Message.ShouldContain("PMSFC_BACKEND=cuda");
        Should
            .Throw<BadInputException>(() => Find("cuda", Two, visible: "9"))
            .Message.ShouldContain("CUDA_VISIBLE_DEVICES, which is '9', shows none of the 2 GPUs");
    }

    [Fact]
    public void Find_AGpuThatLibtorchHasNoKernelsFor_TakesTheOthersInTheirNumbering()
    {
        var inventory = new GpuInventory([
            Gpu("a") with
            {
                ComputeCapability = new Version(6, 1),
            },
            Gpu("b") with
            {
                ComputeCapability = new Version(9, 0),
            },
        ]);

        Find("auto", inventory).Select(device => device.Device).ShouldBe(["cuda:1"]);
        Find("cuda", inventory).Select(device => device.Device).ShouldBe(["cuda:1"]);
        Should.Throw<BadInputException>(() => Find("cuda:0", inventory)).Message.ShouldContain("its compute capability is 6.1");
    }

    [Fact]
    public void Find_AGpuInMigMode_IsTheCpuAndSaysWhatToDo()
    {
        var inventory = new GpuInventory([Gpu("a") with { IsPartitioned = true, Bus = "00000000:1B:00.0" }, Gpu("b")]);

        Find("auto", inventory).ShouldBe([Common]);
        _warnings.ShouldHaveSingleItem().ShouldContain("'nvidia-smi -i 00000000:1B:00.0 -mig 0'");
        Find("auto", inventory, visible: "b").Select(device => device.Device).ShouldBe(["cuda:0"]);
    }

    [Fact]
    public void Gpus_SomeHidden_AreListedWithTheReason()
    {
        var found = Discovery(Two, visible: "b").Gpus;

        found.Select(gpu => (gpu.Gpu.Id, gpu.Device)).ShouldBe([("b", "cuda:0"), ("a", null)]);
        found[0].Problem.ShouldBeNull();
        found[1].Problem.ShouldBe("CUDA_VISIBLE_DEVICES, which is 'b', hides it from this process");
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
    public void IsValid_Text_IsAListOfDevices(string text, bool expected) => DeviceRequest.IsValid(text).ShouldBe(expected);

    private static Gpu Gpu(string id) => new(id, "Model", 12_000_000_000, 10_000_000_000);

    private IReadOnlyList<DeviceOptions> Find(
        string request,
        GpuInventory inventory,
        bool hasCuda = true,
        long? memory = null,
        string? visible = null,
        string? order = null
    ) =>
        Discovery(inventory, hasCuda, visible, order)
            .Find(new DeviceRequest(request, "devices"), Common with { MemoryBytes = memory }, _warnings.Add);

    private static DeviceDiscovery Discovery(GpuInventory inventory, bool hasCuda = true, string? visible = null, string? order = null) =>
        new(
            () => inventory,
            name => name == "CUDA_VISIBLE_DEVICES" ? visible : order,
            () => hasCuda ? null : "this build is for the CPU alone (PMSFC_BACKEND=cuda)"
        );
}
