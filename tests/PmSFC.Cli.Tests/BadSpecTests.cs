using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Hosting;

namespace PmSFC.Cli.Tests;

public sealed class BadSpecTests(Workshop workshop) : IClassFixture<Workshop>
{
    [Fact]
    public async Task Plan_UnknownKey_TellsLineAndColumn()
    {
        var error = (
            await PlanAsync("key.yaml", "generator: celeba64-pggan\nimage: pictures\nmethods:\n  - method: pmsfc\n")
        ).ShouldBeBadInput();

        error.ShouldContain("key.yaml:2:1:");
        error.ShouldContain("did you mean 'images'?");
    }

    [Fact]
    public async Task Plan_SeveralIssues_TellsEachWithItsLine()
    {
        const string Spec = """
            generator: celeba64-pggan
            methods:
              - method: mganprior
                settings:
                  split: 12
              - method: pmsfc
                settings:
                  codes: 0
                subspaces:
                  method: self-expressive
                  settings:
                    subspaces: 500
            """;

        var error = (await PlanAsync("issues.yaml", Spec)).ShouldBeBadInput();

        error.ShouldContain("issues.yaml:5:");
        error.ShouldContain("issues.yaml:8:");
        error.ShouldContain("'split' is 12");
        error.ShouldContain("'codes' is 0");
    }

    [Fact]
    public async Task Plan_MoreSubspacesThanChannels_SaysHowManyThereAre()
    {
        const string Spec = """
            generator: celeba64-pggan
            methods:
              - method: pmsfc
                subspaces:
                  method: self-expressive
                  settings:
                    subspaces: 129
            """;

        var error = (await PlanAsync("many.yaml", Spec)).ShouldBeBadInput();

        error.ShouldContain("many.yaml:7:");
        error.ShouldContain("129");
        error.ShouldContain("128");
    }

    [Theory]
    [InlineData("split=x", "'split' is x")]
    [InlineData("splt=3", "There is no setting 'splt'; did you mean 'split'?")]
    [InlineData("subspaces.steps=0", "'steps' is 0")]
    public async Task Plan_BadSettingOfTheCommandLine_IsBlamedOnIt(string setting, string problem)
    {
        var spec = workshop.Write(
            "given.yaml",
            "generator: celeba64-pggan\nmethods: [{method: pmsfc, settings: {split: 3, codes: 2}, subspaces: {method: self-expressive}}, {method: pmsfc, settings: {split: 3, codes: 3}, subspaces: {method: self-expressive}}]"
        );

        var error = (
            await Pmsfc.RunAsync(
                workshop.Folder,
                "sweep",
                "plan",
                spec,
                "--images",
                workshop.WritePictures("pictures", 1),
                "--set",
                setting
            )
        ).ShouldBeBadInput();

        error.ShouldStartWith($"error: --set {setting[..setting.IndexOf('=')]}: {problem}");
        error.ShouldNotContain("given.yaml:");
    }

    [Theory]
    [InlineData("subspaces.steps")]
    [InlineData("network.width")]
    public async Task Plan_SettingThatNoMethodTakes_IsRefused(string setting)
    {
        var spec = workshop.Write("untaken.yaml", "generator: celeba64-pggan\nmethods: [{method: mganprior}]");

        (
            await Pmsfc.RunAsync(
                workshop.Folder,
                "sweep",
                "plan",
                spec,
                "--images",
                workshop.WritePictures("pictures", 1),
                "--set",
                $"{setting}=3"
            )
        )
            .ShouldBeBadInput()
            .ShouldContain($"untaken.yaml has '{setting.Split('.')[0]}'");
    }

    /// <summary>It names no preset, so a new default may make two of its rows the same.</summary>
    [Fact]
    public async Task Plan_ExampleOfTheSearchForPresets_HasNoRowTwice()
    {
        var example = File.ReadAllText(Path.Combine(Repository.Root, "examples", "tuning.yaml"));

        (await PlanAsync("tuning.yaml", example)).ShouldBeDone().ShouldContain("62 of 62 jobs");
    }

    [Fact]
    public async Task Discover_SplitOutOfRange_SaysTheRange() =>
        (await Pmsfc.RunAsync(workshop.Folder, "subspaces", "discover", "--split", "10"))
            .ShouldBeBadInput()
            .ShouldContain("after 1 to 9 blocks");

    [Fact]
    public async Task Run_StoreInUse_IsRefusedWithTheProcess()
    {
        var spec = workshop.Write("held.yaml", "generator: celeba64-pggan\nmethods:\n  - method: mganprior\n");
        Directory.CreateDirectory(workshop.PathOf("held"));
        using var guard = StoreGuard.Take(workshop.PathOf("held"));

        var outcome = await Pmsfc.RunAsync(
            workshop.Folder,
            "sweep",
            "run",
            spec,
            "--images",
            workshop.WritePictures("pictures", 1),
            "--store",
            "held"
        );

        outcome.ShouldBeBadInput().ShouldContain($"in use by another pmsfc (process {Environment.ProcessId})");
    }

    [Theory]
    [InlineData("there is no command 'swep'; did you mean 'sweep'?", "swep")]
    [InlineData("'sweep' needs a command", "sweep")]
    [InlineData("--threads is '0', but must be a whole number from 1 to 1024", "generators", "list", "--threads", "0")]
    [InlineData("--memory is 'much', but must be an amount such as 4GiB", "generators", "list", "--memory", "much")]
    [InlineData("--memory is '0GiB', but must be an amount", "generators", "list", "--memory", "0GiB")]
    [InlineData("--limit is 'many', but must be a whole number", "sweep", "run", "x.yaml", "--limit", "many")]
    [InlineData("x.yaml does not exist", "sweep", "run", "x.yaml")]
    [InlineData("There is no store at ", "sweep", "status", "--store", "nowhere")]
    [InlineData("is not a kind of store", "generators", "list", "--store", "ftp://x")]
    [InlineData("PMSFC_STORE_CONNECTION", "generators", "list", "--store", "azure:container")]
    [InlineData("--set is 'iterations', but must be key=value", "demo", "--set", "iterations")]
    [InlineData("--method is 'magic', but must be one of", "subspaces", "discover", "--method", "magic")]
    public async Task AnyCommand_WrongArguments_SaysWhatIsWrong(string sentence, params string[] arguments) =>
        (await Pmsfc.RunAsync(workshop.Folder, arguments)).ShouldBeBadInput().ShouldContain(sentence);

    [FactNeeding<Tmpfs>]
    public async Task List_StoreDiskFull_SaysThatNoSpaceIsLeft()
    {
        using var disk = new Tmpfs(workshop.Folder, "size=2m");

        (await Pmsfc.RunAsync(workshop.Folder, "generators", "list", "--store", disk.Path))
            .ShouldBeBadInput()
            .ShouldContain("has no space left");
    }

    [FactNeeding<Tmpfs>]
    public async Task Run_StoreDiskFillsUp_SaysThatNoSpaceIsLeft()
    {
        var spec = workshop.Write(
            "full.yaml",
            "generator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 2, codes: 2 }\n"
        );
        using var disk = new Tmpfs(workshop.Folder, "size=9m");
        (await Pmsfc.RunAsync(workshop.Folder, "generators", "list", "--store", disk.Path)).ShouldBeDone();
        File.WriteAllBytes(Path.Combine(disk.Path, "ballast"), new byte[new DriveInfo(disk.Path).AvailableFreeSpace - 8192]);

        var outcome = await Pmsfc.RunAsync(
            workshop.Folder,
            "sweep",
            "run",
            spec,
            "--images",
            workshop.WritePictures("pictures", 4),
            "--store",
            disk.Path
        );

        outcome.ExitCode.ShouldBeOneOf(1, 2);
        (outcome.Error + outcome.Output).ShouldContain("no space left");
        outcome.Error.ShouldNotContain("   at ");
    }

    private async Task<Outcome> PlanAsync(string name, string spec) =>
        await Pmsfc.RunAsync(
            workshop.Folder,
            "sweep",
            "plan",
            workshop.Write(name, spec),
            "--images",
            workshop.WritePictures("pictures", 1)
        );
}
