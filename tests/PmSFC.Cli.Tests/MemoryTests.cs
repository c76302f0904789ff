using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Devices;

namespace PmSFC.Cli.Tests;

public sealed class MemoryTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string Refusal =
        @"^error: 'pmsfc( random)?' needs \d+ MiB for (a job|the discovery of its subspaces), but this device offers 4 MiB; offer more with --memory .*\.\n$";

    private const string Spec = """
        generator: celeba64-pggan
        methods:
          - method: mganprior
            settings: { split: 6, codes: 1, perceptual: none, iterations: 1 }
          - method: pmsfc
            subspaces: { method: random }
        """;

    [Fact]
    public async Task Run_JobsThatCanNeverFit_RefusesWithBothNumbersBeforeAnythingStarts()
    {
        var outcome = await SweepAsync("run", "refused", "--memory", "4MiB");

        outcome.ShouldBeBadInput().ShouldMatch(Refusal);
        outcome.Output.ShouldNotContain("Sweep ");
        var stored = Directory.EnumerateFileSystemEntries(workshop.PathOf("refused")).Select(Path.GetFileName).ToList();
        stored.ShouldContain("generators");
        stored.ShouldNotContain("images");
        stored.ShouldNotContain("jobs");
        stored.ShouldNotContain("sweeps");
    }

    [Fact]
    public async Task Plan_JobsThatCanNeverFit_ShowsTheTableAndRefuses()
    {
        var outcome = await SweepAsync("plan", "planned", "--memory", "4MiB");

        outcome.ShouldBeBadInput().ShouldMatch(Refusal);
        outcome.Output.ShouldContain("memory a job");
    }

    [Fact]
    public async Task Plan_MemoryEnough_IsDone() => (await SweepAsync("plan", "enough", "--memory", "1 GiB")).ShouldBeDone();

    [Fact]
    public async Task Invert_ImageThatCanNeverFit_IsRefused() =>
        (
            await Pmsfc.RunAsync(
                workshop.Folder,
                "invert",
                Path.Combine(workshop.WritePictures("pictures", 1), "picture-0.png"),
                "--memory",
                "4MiB",
                "--store",
                "inverted"
            )
        )
            .ShouldBeBadInput()
            .ShouldMatch(Refusal);

    [Fact]
    public async Task Discover_SubspacesThatCanNeverFit_IsRefused() =>
        (
            await Pmsfc.RunAsync(
                workshop.Folder,
                "subspaces",
                "discover",
                "--memory",
                "4MiB",
                "--store",
                "discovered-little",
                "--out",
                "discovered-out"
            )
        )
            .ShouldBeBadInput()
            .ShouldMatch(
                "^error: 'self-expressive' needs \\d+ MiB for the discovery of its subspaces, but this device offers 4 MiB; offer more with --memory .*\\.\n$"
            );

    [Theory]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("2g", 2L << 30)]
    [InlineData("1.5 MB", 1_500_000L)]
    [InlineData("800 MiB", 800L << 20)]
    [InlineData("123", 123L)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("1,5 GB", null)]
    [InlineData("1e9", null)]
    [InlineData("GiB", null)]
    [InlineData("", null)]
    [InlineData("99999999 TiB", null)]
    public void Parse_OfAnAmount_IsItsBytes(string text, long? bytes) => MemorySize.Parse(text).ShouldBe(bytes);

    private Task<Outcome> SweepAsync(string command, string store, params string[] options) =>
        Pmsfc.RunAsync(
            workshop.Folder,
            [
                "sweep",
                command,
                workshop.Write("large.yaml", Spec),
                "--images",
                workshop.WritePictures("pictures", 2),
                "--store",
                store,
                .. options,
            ]
        );
}
