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

        outcome.ShouldBeBadInput().ShouldBe(
            $"error: --device asks for {device.Split(',')[^1]}, but this machine has no GPU with an NVIDIA driver; there is the CPU alone: ask for cpu or auto, and see 'pmsfc devices'.\n");
        Directory.Exists(workshop.PathOf("refused")).ShouldBeFalse();
    }

    [Fact]
    public async Task Invert_GpuAskedForByTheEnvironment_NamesTheVariable()
    {
        var picture = Path.Combine(workshop.WritePictures("pictures", 1), "picture-0.png");

        (await RunAsync("cuda:0", "invert", picture, "--store", "variable")).ShouldBeBadInput().ShouldStartWith("error: PMSFC_DEVICE asks for cuda:0, but ");
        (await RunAsync("gpu", "invert", picture, "--store", "variable")).ShouldBeBadInput()
            .ShouldBe("error: PMSFC_DEVICE is 'gpu', but must be auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1.\n");
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
        (await RunAsync(null, "sweep", "run", workshop.Write("one.yaml", Spec), "--images", workshop.WritePictures("pictures", 1), "--store", "clustered", "--cluster", "there", "--device", "cpu"))
        .ShouldBeBadInput().ShouldContain("--device is of the silo in this process; each silo of the cluster 'there' has its own, so leave it out.");

    [Fact]
    public async Task Plan_Devices_AreSaidWithTheirMemory()
    {
        string[] plan = ["sweep", "plan", workshop.Write("one.yaml", Spec), "--images", workshop.WritePictures("pictures", 1), "--store", "planned", "--device", "cpu", "--device", "cpu", "--threads", "1", "--memory", "3GiB"];

        (await RunAsync(null, plan)).ShouldBeDone().ShouldContain($"Devices: cpu (1 threads) on {Environment.MachineName}, which offers 3.0 GiB.");
        (await RunAsync(null, [.. plan, "--json"])).JsonLines[^1].GetProperty("devices")[0].GetString().ShouldBe($"cpu (1 threads) on {Environment.MachineName}, which offers 3.0 GiB");
    }

    [Fact]
    public async Task Devices_WithoutAGpu_ListsTheCpuAndSaysSo()
    {
        var text = (await RunAsync(null, "devices", "--threads", "1", "--memory", "1GiB")).ShouldBeDone();
        var json = (await RunAsync(null, "devices", "--threads", "1", "--memory", "1GiB", "--json")).JsonLines.ShouldHaveSingleItem();

        text.ShouldContain("used with 1 thread, offers 1.0 GiB.");
        text.ShouldContain("no GPU at hand: this machine has no GPU with an NVIDIA driver.");
        json.GetProperty("cpu").GetProperty("used").GetBoolean().ShouldBeTrue();
        json.GetProperty("gpus").GetArrayLength().ShouldBe(0);
        json.GetProperty("used")[0].GetProperty("memoryBytes").GetInt64().ShouldBe(1L << 30);
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

    private async Task<Outcome> RunAsync(string? variable, params string[] arguments)
    {
        using var process = Pmsfc.Start(workshop.Folder, new Dictionary<string, string> { ["PMSFC_DEVICE"] = variable ?? "" }, arguments);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await error);
    }
}
