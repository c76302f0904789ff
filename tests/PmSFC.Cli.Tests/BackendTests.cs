using System.Diagnostics;

namespace PmSFC.Cli.Tests;

/// <summary>Which libtorch <c>./pmsfc</c> builds with, in a clone of its scripts alone with a <c>dotnet</c> that records what is asked of it.</summary>
public sealed class BackendTests : IDisposable
{
    private const string Dotnet = """
        #!/bin/bash
        echo "$1 $(cat "${0%/*}/../clone/artifacts/backend" 2> /dev/null)" >> "${0%/*}/calls"
        case $1 in
          --list-sdks) echo '10.0.100 [/dotnet]' ;;
          restore)
            if [ ! -e "${0%/*}/feed-has-cuda" ]; then
              echo '/a/Engine.csproj : error NU1101: Unable to find package TorchSharp-cuda-linux. No packages exist with this id in source(s): feed [/a]'
              exit 1
            fi ;;
          build) mkdir -p "$2/bin/Release/net10.0"; touch "$2/bin/Release/net10.0/pmsfc.dll" ;;
        esac
        """;

    private readonly TemporaryDirectory _folder = new();

    public BackendTests()
    {
        foreach (
            var folder in new[] { "clone/build", "clone/grains", "clone/silo", "clone/models", "clone/client/PmSFC.Cli", "bin", "driver" }
        )
            Directory.CreateDirectory(Path.Combine(_folder.Path, folder));
        foreach (var script in Directory.EnumerateFiles(Path.Combine(Repository.Root, "build"), "*.sh"))
            File.Copy(script, Of($"clone/build/{Path.GetFileName(script)}"));
        foreach (var file in new[] { "pmsfc", "global.json", "Directory.Build.props", "Directory.Packages.props" })
            File.Copy(Path.Combine(Repository.Root, file), Of($"clone/{file}"));
        Program("bin/dotnet", Dotnet);
        // A Debian package that is missing would be installed, or asked for.
        Program("bin/dpkg-query", "#!/bin/bash\necho installed\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Launch_NoDriver_BuildsForTheCpuWithoutAWord()
    {
        Launch().Error.ShouldStartWith("building pmsfc (");
        Launch().ShouldBe((0, ""));

        Calls.ShouldBe(["--list-sdks cpu", "build cpu"]);
    }

    [Theory]
    [InlineData("bin/nvidia-smi")]
    [InlineData("driver/libcuda.so.1")]
    public void Launch_DriverAndAFeedWithoutCuda_SaysSoInOneLineAndBuildsForTheCpuOnce(string sign)
    {
        Program(sign, "#!/bin/bash\n");

        var lines = Launch().Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        lines.Length.ShouldBe(2);
        lines[0]
            .ShouldBe(
                "an NVIDIA driver is here, but libtorch for it cannot be fetched (NU1101: Unable to find package TorchSharp-cuda-linux): built for the CPU alone "
                    + "(PMSFC_BACKEND=cuda asks again, PMSFC_BACKEND=cpu does not ask)."
            );
        lines[1].ShouldStartWith("building pmsfc (");
        Launch().ShouldBe((0, ""));
        Calls.Count(call => call.StartsWith("restore", StringComparison.Ordinal)).ShouldBe(1);
        Calls.Count(call => call.StartsWith("build", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void Launch_DriverAndAFeedWithCuda_BuildsForGpusAndStaysWithThem()
    {
        Program("bin/nvidia-smi", "#!/bin/bash\n");
        File.WriteAllText(Of("bin/feed-has-cuda"), "");

        Launch()
            .Error.ShouldStartWith(
                "building for GPUs of NVIDIA, since PMSFC_BACKEND or a driver asks for it (PMSFC_BACKEND=cpu builds for the CPU alone).\nbuilding pmsfc ("
            );
        File.Delete(Of("bin/nvidia-smi"));
        Launch().ShouldBe((0, ""));

        Calls[^1].ShouldBe("build cuda");
    }

    [Fact]
    public void Launch_CpuAskedFor_AsksNothingOfTheFeed()
    {
        Program("bin/nvidia-smi", "#!/bin/bash\n");

        Launch("cpu").Error.ShouldStartWith("building pmsfc (");
        Launch("cpu").ShouldBe((0, ""));

        Calls.ShouldNotContain(call => call.StartsWith("restore", StringComparison.Ordinal));
    }

    [Fact]
    public void Launch_CudaAskedForThatTheFeedLacks_IsRefusedInOneLine()
    {
        var (exitCode, error) = Launch("cuda");

        exitCode.ShouldBe(1);
        error
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldHaveSingleItem()
            .ShouldStartWith(
                "error: PMSFC_BACKEND is cuda, but libtorch for it cannot be fetched (NU1101: Unable to find package TorchSharp-cuda-linux); without PMSFC_BACKEND, or with PMSFC_BACKEND=cpu,"
            );
        Launch("cpu").ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Launch_UnknownBackend_IsRefused() =>
        Launch("gpu").ShouldBe((2, "error: PMSFC_BACKEND is 'gpu', but must be cpu, cuda or auto.\n"));

    /// <summary>What was asked of dotnet to build, with the backend that was settled then.</summary>
    private List<string> Calls => [.. File.ReadLines(Of("bin/calls")).Where(call => !call.StartsWith('/'))];

    private string Of(string path) => Path.Combine(_folder.Path, path);

    private void Program(string path, string script)
    {
        File.WriteAllText(Of(path), script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Of(path), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private (int ExitCode, string Error) Launch(string? backend = null)
    {
        var start = new ProcessStartInfo("/bin/bash", [Of("clone/pmsfc"), "--version"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = $"{Of("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["LD_LIBRARY_PATH"] = Of("driver");
        start.Environment.Remove("PMSFC_BACKEND");
        if (backend is not null)
            start.Environment["PMSFC_BACKEND"] = backend;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error.Result);
    }
}
