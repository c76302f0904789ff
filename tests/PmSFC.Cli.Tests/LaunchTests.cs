using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Wording;

namespace PmSFC.Cli.Tests;

/// <summary>When <c>./pmsfc</c> builds: in a copy of its scripts with a few sources, and a <c>dotnet</c> that only notes what it is asked.</summary>
public sealed class LaunchTests(Workshop workshop) : IClassFixture<Workshop>
{
    private const string Dotnet = """
        #!/bin/bash
        case $1 in
          --list-sdks) echo '10.0.100 [/nowhere]' ;;
          build) echo "$*" >> builds; mkdir -p client/PmSFC.Cli/bin/Release/net10.0; touch client/PmSFC.Cli/bin/Release/net10.0/pmsfc.dll ;;
          *) echo "run: ${*:2}" ;;
        esac
        """;

    [Fact]
    public async Task Launch_ASourceFromTheFuture_IsBuiltOnce()
    {
        var tree = CreateTree("future");
        File.SetLastWriteTimeUtc(Path.Combine(tree, "client/Program.cs"), new DateTime(2150, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        (await LaunchAsync(tree, "sweep", "a b")).ShouldBe("run: sweep a b\n");
        await LaunchAsync(tree);

        BuildsOf(tree).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Launch_AnotherTime_BuildsNothing()
    {
        var tree = CreateTree("touched");
        await LaunchAsync(tree);

        File.SetLastWriteTimeUtc(Path.Combine(tree, "client/Program.cs"), DateTime.UtcNow.AddHours(1));
        await LaunchAsync(tree);

        BuildsOf(tree).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Launch_ChangedDeletedAndRenamedSources_AreBuilt()
    {
        var tree = CreateTree("changed");
        await LaunchAsync(tree);

        File.AppendAllText(Path.Combine(tree, "client/Program.cs"), "// more");
        await LaunchAsync(tree);
        File.Move(Path.Combine(tree, "silo/Silo.cs"), Path.Combine(tree, "silo/Other.cs"));
        await LaunchAsync(tree);
        File.Delete(Path.Combine(tree, "silo/Other.cs"));
        await LaunchAsync(tree);
        await LaunchAsync(tree);

        BuildsOf(tree).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Launch_AnOlderSourceInItsPlace_IsCompiledThoughItsTimeSaysNo()
    {
        var tree = CreateTree("older");
        await LaunchAsync(tree);
        BuildsOf(tree)[0].ShouldNotContain("--no-incremental");

        File.WriteAllText(Path.Combine(tree, "client/Program.cs"), "// as it was last year");
        File.SetLastWriteTimeUtc(Path.Combine(tree, "client/Program.cs"), DateTime.UtcNow.AddYears(-1));
        await LaunchAsync(tree);

        BuildsOf(tree).Length.ShouldBe(2);
        BuildsOf(tree)[1].ShouldContain("--no-incremental");
    }

    /// <summary>The list of sources is longer than what a pipe holds.</summary>
    [Fact]
    public async Task Launch_TheFirstOfManySourcesChanged_SaysNothingButThatItBuilds()
    {
        var tree = CreateTree("many");
        for (var i = 0; i < 2000; i++)
            workshop.Write(Path.Combine("many", $"silo/a-file-with-a-name-as-long-as-names-of-sources-are/Source{i}.cs"), "");
        await LaunchAsync(tree);

        File.AppendAllText(Path.Combine(tree, "Directory.Build.props"), "<!-- more -->");
        var (_, told) = await LaunchAndHearAsync(tree);

        told.ShouldStartWith("building pmsfc (");
        told.Trim().Split('\n').Length.ShouldBe(1, told);
    }

    private static string[] BuildsOf(string tree) => File.ReadAllLines(Path.Combine(tree, "builds"));

    private string CreateTree(string name)
    {
        foreach (var script in new[] { "pmsfc", "build/launch.sh", "build/setup.sh", "build/backend.sh" })
            workshop.Write(Path.Combine(name, script), File.ReadAllText(Path.Combine(Repository.Root, script)));
        foreach (
            var source in new[]
            {
                "grains/Grain.cs",
                "silo/Silo.cs",
                "client/Program.cs",
                "models/card.json",
                "Directory.Build.props",
                "global.json",
            }
        )
            workshop.Write(Path.Combine(name, source), $"// {source}");
        Executable(Path.Combine(name, "pmsfc"));
        Executable(workshop.Write("programs/dotnet", Dotnet));
        Executable(workshop.Write("programs/dpkg-query", "#!/bin/sh\necho installed\n"));
        return workshop.PathOf(name);

        void Executable(string path)
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(workshop.PathOf(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task<string> LaunchAsync(string tree, params string[] arguments) => (await LaunchAndHearAsync(tree, arguments)).Output;

    private async Task<(string Output, string Error)> LaunchAndHearAsync(string tree, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-c", ShellWords.Join([Path.Combine(tree, "pmsfc"), .. arguments])])
        {
            WorkingDirectory = workshop.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{workshop.PathOf("programs")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        return (await output, await error);
    }
}
