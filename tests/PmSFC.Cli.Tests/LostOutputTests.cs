using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Output;

namespace PmSFC.Cli.Tests;

/// <summary>What the command line does where nobody can read what it says.</summary>
public sealed class LostOutputTests(Workshop workshop) : IClassFixture<Workshop>
{
    [Theory]
    [InlineData("--version > /dev/full", 1)]
    [InlineData("--help > /dev/full", 1)]
    [InlineData("metrics picture-0.png picture-0.png > /dev/full", 1)]
    [InlineData("metrics picture-0.png picture-0.png --json > /dev/full", 1)]
    [InlineData("metrics picture-0.png picture-0.png 2> /dev/full", 0)]
    [InlineData("metrics picture-0.png picture-0.png 2>&-", 0)]
    [InlineData("metrics picture-0.png none.png 2> /dev/full", 2)]
    [InlineData("metrics picture-0.png none.png > /dev/full 2> /dev/full", 2)]
    [InlineData("--threads abc 2> /dev/full", 2)]
    public async Task AnyCommand_OutputCannotBeWritten_HasTheExitCodeOfItsWork(string call, int code)
    {
        workshop.WritePictures(".", 1);

        var (exit, error) = await ShellAsync($"dotnet '{typeof(CommandLine).Assembly.Location}' {call}");

        exit.ShouldBe(code, error);
        if (code == 1)
            error.ShouldMatch(@"\Aerror: the output could not be written \(.+\)\.\n\z");
    }

    [Fact]
    public void Write_DiskFull_KeepsTheReasonAndDropsTheRest()
    {
        using var writer = new LossyWriter(new FullWriter());

        writer.WriteLine("one");
        writer.Write('2');
        writer.Flush();

        writer.Loss.ShouldBe("No space left on device");
    }

    // The launcher's own guard: what is closed is not handed to the first file that the program opens.
    [Theory]
    [InlineData(">&-", "/dev/full")]
    [InlineData("2>&-", "/dev/null")]
    [InlineData("<&-", "/dev/null")]
    public async Task Launch_ClosedDescriptor_IsOccupied(string closed, string expected)
    {
        var script = workshop.Write(
            "fds.sh",
            $"source '{Repository.Root}/build/launch.sh'\noccupy_closed_descriptors\nreadlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 > fds\n"
        );

        (await ShellAsync($"bash '{script}' {closed}")).Code.ShouldBe(0);

        var descriptor =
            closed[0] == '<' ? 0
            : closed[0] == '2' ? 2
            : 1;
        File.ReadAllLines(workshop.PathOf("fds"))[descriptor].ShouldBe(expected);
    }

    private async Task<(int Code, string Error)> ShellAsync(string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command])
        {
            WorkingDirectory = workshop.Folder,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PMSFC_LOGS"] = workshop.PathOf("logs");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, await error);
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");
    }
}
