using System.Text.Json;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Tests.Support;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Storage;

namespace PmSFC.Cli.Tests;

public sealed class SweepCompareTests : IDisposable
{
    private const int Images = 6;

    private static readonly SweepPlan Before = SampleSweep.Plan(Images, "ours", "theirs"),
        Better = Before with { Seed = 1 },
        Worse = Before with { Seed = 2 };

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compare_Regression_FailsTheGateWithItsOwnExitCode()
    {
        var store = await StoreAsync("store", (Before, 20), (Worse, 19));
        var (junit, csv) = (PathOf("gates.xml"), PathOf("differences.csv"));

        var (code, output, error) = await InProcess.RunAsync(
            "sweep",
            "compare",
            Before.Id,
            Worse.Id[..8],
            "--store",
            store,
            "--gate",
            "psnr >= -0.1",
            "--gate=ssim >= -0.5",
            "--junit",
            junit,
            "--csv",
            csv,
            "--json"
        );

        code.ShouldBe(4, error);
        error.ShouldBeEmpty();
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Count(line => line.GetProperty("event").GetString() == "difference").ShouldBe(4);
        lines[0].GetProperty("regressions").GetArrayLength().ShouldBe(3);
        var verdict = lines[^1];
        (verdict.GetProperty("event").GetString(), verdict.GetProperty("passed").GetBoolean()).ShouldBe(("verdict", false));
        verdict
            .GetProperty("gates")
            .EnumerateArray()
            .Select(gate =>
                (gate.GetProperty("gate").GetString(), gate.GetProperty("label").GetString(), gate.GetProperty("failed").GetBoolean())
            )
            .ShouldBe([
                ("psnr >= -0.1", "ours", true),
                ("psnr >= -0.1", "theirs", true),
                ("ssim >= -0.5", "ours", false),
                ("ssim >= -0.5", "theirs", false),
            ]);
        (await File.ReadAllTextAsync(junit)).ShouldContain("failures=\"2\"");
        (await File.ReadAllLinesAsync(csv)).Length.ShouldBe(1 + 4 * (1 + Images));
    }

    [Fact]
    public async Task Compare_Improvement_PassesAndIsShown()
    {
        var store = await StoreAsync("store", (Before, 20), (Better, 21));

        var (code, output, error) = await InProcess.RunAsync(
            "sweep",
            "compare",
            Before.Id,
            Better.Id,
            "--store",
            store,
            "--gate",
            "psnr >= -0.1"
        );

        code.ShouldBe(0, error);
        output.ShouldContain("better");
        output.ShouldContain("passed: psnr >= -0.1: ours: PSNR (dB) differs by +1.00");
        output.ShouldContain("0 of 2 gates failed; each interval has the level 97.5 %, 95 % for all together.");
    }

    [Fact]
    public async Task Compare_SweepsOfTwoStores_AreCompared()
    {
        var (store, other) = (await StoreAsync("store", (Before, 20)), await StoreAsync("other", (Before, 19)));

        (
            await InProcess.RunAsync(
                "sweep",
                "compare",
                "latest",
                "latest",
                "--store",
                store,
                "--other-store",
                other,
                "--gate",
                "psnr >= 0"
            )
        ).Code.ShouldBe(4);
        (
            await InProcess.RunAsync(
                "sweep",
                "compare",
                "latest",
                "latest",
                "--store",
                other,
                "--other-store",
                store,
                "--gate",
                "psnr >= 0"
            )
        ).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("Both are sweep")]
    [InlineData("--junit writes the verdicts of gates, and there is none", "--junit", "gates.xml")]
    [InlineData("is measured in neither sweep", "--gate", "lpips-alex <= 0", "--junit", "gates.xml")]
    [InlineData("did you mean 'psnr'?", "--gate", "pnsr >= 0", "--junit", "gates.xml")]
    [InlineData("gates.xml is a folder", "--gate", "psnr >= 0", "--junit", "folder/gates.xml")]
    [InlineData("There is no store at", "--other-store", "nowhere")]
    public async Task Compare_BadInput_IsOneSentenceAndWritesNothing(string sentence, params string[] options)
    {
        var store = await StoreAsync("store", (Before, 20), (Worse, 19));
        Directory.CreateDirectory(PathOf("folder/gates.xml"));
        var second = options.Length == 0 ? Before.Id : Worse.Id;

        var (code, output, error) = await InProcess.RunAsync([
            "sweep",
            "compare",
            Before.Id,
            second,
            "--store",
            store,
            .. options.Select(option => option.EndsWith(".xml", StringComparison.Ordinal) || option == "nowhere" ? PathOf(option) : option),
        ]);

        code.ShouldBe(2, output);
        error.ShouldContain(sentence);
        error.TrimEnd('\n').ShouldNotContain("\n");
        File.Exists(PathOf("gates.xml")).ShouldBeFalse();
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private async Task<string> StoreAsync(string name, params IEnumerable<(SweepPlan Plan, double Psnr)> sweeps)
    {
        var store = new DirectoryArtifactStore(PathOf(name));
        foreach (var (plan, psnr) in sweeps)
        {
            await SampleSweep.StoreAsync(store, plan, (cell, image) => psnr + cell + 0.1 * image + 0.002 * plan.Seed * (image % 2));
            await store.PutAsync(ArtifactNames.SweepPlan(plan.Id), ArtifactJson.Write(plan));
        }

        return PathOf(name);
    }
}
