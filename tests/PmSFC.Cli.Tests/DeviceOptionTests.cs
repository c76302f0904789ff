using System.Text.Json;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class DeviceOptionTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string Spec = """
        generator: celeba64-pggan
        methods:
          - method: mganprior
            settings: { split: 6, codes: 1, perceptual: none, iterations: 1 }
        """;

    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:1")]
    [InlineData("cpu,cuda:0")]
    public async Task Run_GpuThatIsNotThere_SaysWhatThereIsBeforeAnythingIsStored(string device)
    {
        var outcome = await RunAsync(null, "sweep", "run", workshop.Write("one.yaml", Spec), "--device", device, "--store", "refused");

        outcome
            .ShouldBeBadInput()
            .ShouldBe(
                $"error: --device asks for {device.Split(',')[^1]}, but this machine has no GPU with an NVIDIA driver; there is the CPU alone: ask for cpu or auto, and see 'pmsfc devices'.\n"
            );
        Directory.Exists(workshop.PathOf("refused")).ShouldBeFalse();
    }

    [Fact]
    public async Task Invert_GpuAskedForByTheEnvironment_NamesTheVariable()
    {
        var picture = Path.Combine(workshop.WritePictures("pictures", 1), "picture-0.png");

        (await RunAsync("cuda:0", "invert", picture, "--store", "variable"))
            .ShouldBeBadInput()
            .ShouldStartWith("error: PMSFC_DEVICE asks for cuda:0, but ");
        (await RunAsync("gpu", "invert", picture, "--store", "variable"))
            .ShouldBeBadInput()
            .ShouldBe("error: PMSFC_DEVICE is 'gpu', but must be auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1.\n");
    }

    /// <summary>What a setting looks like matters to every command, whether it stands on the command line or in the environment.</summary>
    [Theory]
    [InlineData("devices")]
    [InlineData("generators list")]
    [InlineData("metrics a.png b.png")]
    public async Task AnyCommand_EnvironmentNamesNoDevice_IsRefused(string command) =>
        (await RunAsync("gpu", command.Split(' ')))
            .ShouldBeBadInput()
            .ShouldBe("error: PMSFC_DEVICE is 'gpu', but must be auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1.\n");

    /// <summary>A device that is not there matters to what computes alone.</summary>
    [Theory]
    [InlineData("PMSFC_DEVICE", "cuda:1")]
    [InlineData("--device", null, "--device", "cuda:1")]
    public async Task AnyCommand_DeviceThatIsNotThere_IsRefusedWhereItIsUsedAlone(string origin, string? variable, params string[] option)
    {
        (await RunAsync(variable, ["generators", "list", "--store", "listed", .. option])).ShouldBeDone().ShouldContain("celeba64-pggan");
        var devices = (await RunAsync(variable, ["devices", .. option])).ShouldBeDone();
        devices.ShouldContain($"Runs in this process are refused: {origin} asks for cuda:1, but ");
        devices.ShouldNotContain("devices check");
        (await RunAsync(variable, ["subspaces", "discover", "--store", "refused too", .. option]))
            .ShouldBeBadInput()
            .ShouldStartWith($"error: {origin} asks for cuda:1, but ");
        Directory.Exists(workshop.PathOf("refused too")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("auto,cpu")]
    [InlineData("cuda:x")]
    [InlineData("CUDA:0")]
    public async Task Devices_TextThatIsNoDevice_IsRefused(string device) =>
        (await RunAsync(null, "devices", "--device", device)).ShouldBeBadInput().ShouldContain("--device");

    [Fact]
    public async Task Run_DeviceWithACluster_IsRefused() =>
        (
            await RunAsync(
                null,
                "sweep",
                "run",
                workshop.Write("one.yaml", Spec),
                "--images",
                workshop.WritePictures("pictures", 1),
                "--store",
                "clustered",
                "--cluster",
                "there",
                "--device",
                "cpu"
            )
        )
            .ShouldBeBadInput()
            .ShouldContain("--device is of the silo in this process; each silo of the cluster 'there' has its own, so leave it out.");

    [Fact]
    public async Task Plan_Devices_AreSaidWithTheirMemory()
    {
        string[] plan =
        [
            "sweep",
            "plan",
            workshop.Write("one.yaml", Spec),
            "--images",
            workshop.WritePictures("pictures", 1),
            "--store",
            "planned",
            "--device",
            "cpu",
            "--device",
            "cpu",
            "--threads",
            "1",
            "--memory",
            "3GiB",
        ];

        (await RunAsync(null, plan))
            .ShouldBeDone()
            .ShouldContain($"Devices: cpu (1 threads) on {Environment.MachineName}, which offers 3.0 GiB.");
        (await RunAsync(null, [.. plan, "--json"]))
            .JsonLines[^1]
            .GetProperty("devices")[0]
            .GetString()
            .ShouldBe($"cpu (1 threads) on {Environment.MachineName}, which offers 3.0 GiB");
    }

    [Fact]
    public async Task Devices_WithoutAGpu_ListsTheCpuAndSaysSo()
    {
        var text = (await RunAsync(null, "devices", "--threads", "1", "--memory", "1GiB")).ShouldBeDone();
        var json = (await RunAsync(null, "devices", "--threads", "1", "--memory", "1GiB", "--json")).JsonLines.ShouldHaveSingleItem();

        text.ShouldContain("used with 1 thread, offers 1.0 GiB.");
        text.ShouldContain("no GPU found: this machine has no GPU with an NVIDIA driver.");
        json.GetProperty("cpu").GetProperty("used").GetBoolean().ShouldBeTrue();
        json.GetProperty("gpus").GetArrayLength().ShouldBe(0);
        json.GetProperty("used")[0].GetProperty("memoryBytes").GetInt64().ShouldBe(1L << 30);
    }

    [FactNeeding<FakeDriver>]
    public async Task Devices_WithGpusAndABuildForTheCpu_ListsThemWithTheReason()
    {
        using var driver = new FakeDriver(initialized: 0);
        const string Reason = "this build is for the CPU alone; to build for GPUs, start it with PMSFC_BACKEND=cuda";

        var text = (await RunAsync(driver.Folder, [], "devices")).ShouldBeDone();
        var hidden = (await RunAsync(driver.Folder, [("CUDA_VISIBLE_DEVICES", "1")], "devices", "--json")).JsonLines;
        var refused = await RunAsync(driver.Folder, [("PMSFC_DEVICE", "cuda:1")], "devices", "check");

        text.ShouldContain($"No GPU is used, since {Reason}; the CPU works instead.");
        text.ShouldContain(
            $"cuda:0: Fake 8000, bus 00000000:01:00.0, 7.0 GiB of 7.5 GiB free, compute capability 8.1; not used: {Reason}."
        );
        text.ShouldContain(
            "cuda:1: Fake 8001, bus 00000000:02:00.0, 7.0 GiB of 7.5 GiB free, compute capability 8.2, in MIG mode; not used: "
        );
        text.ShouldContain("NVIDIA driver 999.1; libtorch is built for the CPU alone.");
        hidden[0].GetProperty("event").GetString().ShouldBe("note");
        hidden[1].GetProperty("gpus")[0].GetProperty("device").GetString().ShouldBe("cuda:0");
        hidden[1]
            .GetProperty("gpus")[1]
            .GetProperty("problem")
            .GetString()
            .ShouldBe("CUDA_VISIBLE_DEVICES, which is '1', hides it from this process");
        refused.ShouldBeBadInput().ShouldStartWith($"error: PMSFC_DEVICE asks for cuda:1, but {Reason}; there is the CPU alone: ");
        (await RunAsync(driver.Folder, [("PMSFC_DEVICE", "cuda:1")], "devices"))
            .ShouldBeDone()
            .ShouldContain("Runs in this process are refused: PMSFC_DEVICE asks for cuda:1");
    }

    [Fact]
    public async Task Check_OfTheCpu_Passes()
    {
        var outcome = await RunAsync(null, "devices", "check", "--device", "cpu", "--json");

        outcome.ShouldBeDone();
        var lines = outcome.JsonLines;
        lines.Where(Is("check")).Count().ShouldBeGreaterThan(12);
        lines.Where(Is("check")).ShouldAllBe(line => line.GetProperty("passed").GetBoolean());
        lines.Where(Is("benchmark")).ShouldAllBe(line => line.GetProperty("value").GetDouble() > 0);
        lines[^1].GetProperty("passed").GetBoolean().ShouldBeTrue();

        static Func<JsonElement, bool> Is(string name) => line => line.GetProperty("event").GetString() == name;
    }

    private static readonly Lazy<FakeDriver?> NoDriver = new(() => FakeDriver.Missing is null ? new FakeDriver(initialized: 9) : null);

    /// <summary>Runs as on a machine without a GPU, whatever this one has.</summary>
    private Task<Outcome> RunAsync(string? variable, params string[] arguments) =>
        RunAsync(NoDriver.Value?.Folder ?? workshop.Folder, [("PMSFC_DEVICE", variable ?? "")], arguments);

    private Task<Outcome> RunAsync(string libraries, (string Name, string Value)[] variables, params string[] arguments) =>
        Pmsfc.RunAsync(
            workshop.Folder,
            variables.Prepend(("LD_LIBRARY_PATH", libraries)).ToDictionary(variable => variable.Item1, variable => variable.Item2),
            arguments
        );
}
