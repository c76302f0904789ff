using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace PmSFC.Cli.Tests.Support;

/// <summary>Runs the built command line.</summary>
internal static class Pmsfc
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "pmsfc.dll");

    // In a folder with a silo, the build leaves out the files that ASP.NET Core has as well: there the client needs that framework, as the silo does.
    internal static readonly string Frameworks = ((string[])["pmsfc-silo", "pmsfc"])
        .Select(name => Path.Combine(AppContext.BaseDirectory, $"{name}.runtimeconfig.json"))
        .First(File.Exists);

    /// <summary>
    /// Goes before a program, so that Ctrl-C and the like mean to it what they mean at a terminal: a shell that starts these tests in the background has
    /// them ignored, by every child as well.
    /// </summary>
    public static IReadOnlyList<string> Launcher { get; } =
        OperatingSystem.IsLinux() ? ["env", "--default-signal=HUP,INT,QUIT,PIPE"] : ["env"];

    /// <summary>Starts it as a process of its own.</summary>
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
        foreach (var (name, value) in EnvironmentOf(folder, environment))
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end, in a process that has run others before.</summary>
    public static Task<Outcome> RunAsync(string folder, params IEnumerable<string> arguments) =>
        RunAsync(folder, new Dictionary<string, string>(), arguments);

    public static Task<Outcome> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        params IEnumerable<string> arguments
    ) => ResidentProcess.RunAsync(folder, EnvironmentOf(folder, environment), [.. arguments]);

    // A variable without a value counts as one that is not set.
    private static Dictionary<string, string> EnvironmentOf(string folder, IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string>
        {
            ["PMSFC_LOGS"] = Path.Combine(folder, "logs"),
            ["PMSFC_STORE"] = "",
            ["PMSFC_COMMAND"] = "",
            ["PMSFC_WEIGHTS"] = "",
        };
        foreach (var (name, value) in environment)
            all[name] = value;
        return all;
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    [JsonIgnore]
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
