using System.Diagnostics;
using System.Text.Json;

namespace PmSFC.Cli.Tests.Support;

/// <summary>Runs the built command line as a process of its own.</summary>
internal static class Pmsfc
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "pmsfc.dll");

    // In a folder with a silo, the build leaves out the files that ASP.NET Core has as well: there the client needs that framework, as the silo does.
    private static readonly string Frameworks = ((string[])["pmsfc-silo", "pmsfc"])
        .Select(name => Path.Combine(AppContext.BaseDirectory, $"{name}.runtimeconfig.json"))
        .First(File.Exists);

    /// <summary>
    /// Goes before a program, so that Ctrl-C and the like mean to it what they mean at a terminal: a shell that starts these tests in the background has
    /// them ignored, by every child as well.
    /// </summary>
    public static IReadOnlyList<string> Launcher { get; } =
        OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,QUIT,PIPE"] : ["env"];

    public static Process Start(string folder, params IEnumerable<string> arguments) =>
        Start(folder, new Dictionary<string, string>(), arguments);

    public static Process Start(string folder, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(
            Launcher[0],
            [.. Launcher.Skip(1), "dotnet", "exec", "--runtimeconfig", Frameworks, Assembly, .. arguments]
        )
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["PMSFC_LOGS"] = Path.Combine(folder, "logs");
        start.Environment.Remove("PMSFC_STORE");
        start.Environment.Remove("PMSFC_COMMAND");
        start.Environment.Remove("PMSFC_WEIGHTS");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static async Task<Outcome> RunAsync(string folder, params IEnumerable<string> arguments)
    {
        using var process = Start(folder, arguments);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new Outcome(process.ExitCode, await output, await error);
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<JsonElement> JsonLines =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    public string ShouldBeDone()
    {
        ExitCode.ShouldBe(0, Error + Output);
        return Output;
    }

    /// <summary>Exit code 2 and on stderr one sentence (or one for each issue), never a stack trace.</summary>
    public string ShouldBeBadInput()
    {
        ExitCode.ShouldBe(2, Error + Output);
        Error.ShouldStartWith("error: ");
        Error.ShouldNotContain("   at ");
        Error.ShouldNotContain("Exception");
        return Error;
    }
}
