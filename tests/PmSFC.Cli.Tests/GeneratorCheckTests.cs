using PmSFC.Cli.Tests.Support;
using PmSFC.Engine.Checkpoints;
using PmSFC.Imaging;

namespace PmSFC.Cli.Tests;

/// <summary>Seconds instead of the minute that a user gives it.</summary>
public sealed class GeneratorCheckTests(Workshop workshop) : IClassFixture<Workshop>
{
    [Fact]
    public async Task Check_OfTheBundledGenerator_InvertsItsSamplesAndDrawsThem()
    {
        var outcome = await RunAsync("generators", "check", "celeba64-pggan", "--seconds", "2", "--json");

        outcome.ShouldBeDone();
        var lines = outcome.JsonLines.Where(line => line.TryGetProperty("event", out _)).ToList();
        var inverted = lines.Where(line => line.GetProperty("event").GetString() == "inverted").ToList();
        inverted.Select(line => line.GetProperty("method").GetString()).ShouldBe(["invertgennet", "mganprior"]);
        inverted.ShouldAllBe(line => line.GetProperty("iterations").GetInt32() >= 1);
        inverted.ShouldAllBe(line => line.GetProperty("psnr").GetArrayLength() == 4);
        var end = lines[^1];
        end.GetProperty("event").GetString().ShouldBe("checked");
        end.GetProperty("median").GetDouble().ShouldBe(inverted.Max(line => line.GetProperty("median").GetDouble()));
        end.GetProperty("beyondRange").GetDouble().ShouldBeInRange(0, 0.2);
        var picture = ImageFile.Read(workshop.PathOf(end.GetProperty("file").GetString()!)).Image;
        (picture.Width, picture.Height).ShouldBe((4 * 68 + 4, 3 * 68 + 4));
    }

    /// <summary>What the import and the check advise is done as it is printed, with less time.</summary>
    [Fact]
    public async Task Import_AsAdvised_IsCheckedAndTold()
    {
        var file = workshop.Write("tiny.safetensors", RandomPggan());

        var imported = (await RunAsync("generators", "import", file, "--name", "my generator")).ShouldBeDone();
        var advice = Shell(
            imported.Split('\n').Single(line => line.Contains("generators check", StringComparison.Ordinal)).Split(": ", 2)[1]
        );
        var told = (await RunAsync([.. advice, "--seconds", "2"])).ShouldBeDone();
        var atOnce = (await RunAsync("generators", "import", file, "--check", "--threads", "1", "--json")).ShouldBeDone();

        told.ShouldContain("mGANprior");
        told.ShouldContain("pmsfc-checks/my generator-");
        atOnce.ShouldContain("\"event\":\"checked\"");
    }

    [Fact]
    public async Task Check_OfTooFewIterations_AdvisesMoreTime()
    {
        var told = (await RunAsync("generators", "check", "celeba64-stylegan2", "--seconds", "2")).ShouldBeDone();

        var advice = Shell(
            told.Split('\n').Single(line => line.Contains("too few to tell", StringComparison.Ordinal)).Split("more time: ", 2)[1]
        );
        advice[..5].ShouldBe(["generators", "check", "celeba64-stylegan2", "--seconds", "600"]);
        (await RunAsync([.. advice.Select(word => word == "600" ? "2" : word)])).ShouldBeDone();
    }

    [Fact]
    public async Task Check_OfAGeneratorThatDrawsOneImage_SaysSo()
    {
        var file = workshop.Write("dead.safetensors", RandomPggan(scale: 0));
        (await RunAsync("generators", "import", file)).ShouldBeDone();

        var outcome = await RunAsync("generators", "check", "dead", "--seconds", "2");

        outcome.ExitCode.ShouldBe(1, outcome.Error);
        outcome.Output.ShouldContain("dead: it draws nearly the same image of every code, so nothing can be inverted");
    }

    [Fact]
    public async Task Check_DeviceTooSmall_IsRefusedWithBothNumbers() =>
        (await RunAsync("generators", "check", "celeba64-pggan", "--memory", "4MiB"))
            .ShouldBeBadInput()
            .ShouldMatch(
                @"\Aerror: 'invertgennet' needs \d+ MiB for one sample, but this device offers 4 MiB; offer more with --memory\.\n\z"
            );

    private static List<string> Shell(string command) =>
        [.. command.Split(' ').Skip(1).Aggregate(new List<string>(), Quoted).Select(word => word.Trim('\''))];

    // The only quotes here are around one argument with a blank.
    private static List<string> Quoted(List<string> words, string next)
    {
        if (words is [.., var last] && last.StartsWith('\'') && !last.EndsWith('\''))
            words[^1] = $"{last} {next}";
        else
            words.Add(next);
        return words;
    }

    private Task<Outcome> RunAsync(params IEnumerable<string> arguments) =>
        Pmsfc.RunAsync(workshop.Folder, [.. arguments, .. arguments.Contains("--store") ? Array.Empty<string>() : ["--store", "checked"]]);

    /// <summary>A PGGAN of 16 pixels with genforce's names.</summary>
    private static byte[] RandomPggan(float scale = 1)
    {
        var random = new Random(1);
        var writer = new SafetensorsWriter();
        Add("layer0.conv.weight", 8, 6, 4, 4);
        Add("layer0.wscale.bias", 8);
        Add("layer1.conv.weight", 8, 8, 3, 3);
        Add("layer1.wscale.bias", 8);
        Add("layer2.conv.weight", 5, 8, 3, 3);
        Add("layer2.wscale.bias", 5);
        Add("layer3.conv.weight", 5, 5, 3, 3);
        Add("layer3.wscale.bias", 5);
        Add("output1.conv.weight", 3, 5, 1, 1);
        Add("output1.wscale.bias", 3);
        return writer.ToArray();

        void Add(string name, params long[] shape) =>
            writer.Add(
                name,
                [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => scale * (float)(2 * random.NextDouble() - 1))],
                shape
            );
    }
}
