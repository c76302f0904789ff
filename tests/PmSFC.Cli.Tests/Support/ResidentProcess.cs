using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Spectre.Console;

namespace PmSFC.Cli.Tests.Support;

/// <summary>
/// A process that runs one command line after the other, each through the product's own entry point and with a folder, variables and streams of its own:
/// most of what a command costs is the compilation of its code, which is the same each time. What concerns a process itself, such as signals, its end or
/// its memory, takes <see cref="Pmsfc.Start(string, IEnumerable{string})"/>.
/// </summary>
internal sealed class ResidentProcess
{
    // A process looks for libraries and devices once, so that those which see the same ones stand together.
    private static readonly string[] KeptVariables = ["LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES"];
    private static readonly Dictionary<string, Stack<ResidentProcess>> Idle = new(StringComparer.Ordinal);

    private readonly Process _process;

    private ResidentProcess(IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", Pmsfc.Frameworks, typeof(ResidentProcess).Assembly.Location])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in KeptVariables)
            if (environment.TryGetValue(name, out var value))
                start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>Runs a command in a process that waits for one, or in a new one where all are at work.</summary>
    public static async Task<Outcome> RunAsync(
        string folder,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> arguments
    )
    {
        var kept = string.Join('\n', KeptVariables.Select(name => environment.GetValueOrDefault(name)));
        ResidentProcess? process;
        lock (Idle)
            process = Idle.TryGetValue(kept, out var idle) && idle.TryPop(out var found) ? found : null;
        process ??= new ResidentProcess(environment);
        var outcome = await process.RunAsync(new Request(folder, environment, arguments));
        lock (Idle)
        {
            if (!Idle.TryGetValue(kept, out var idle))
                Idle[kept] = idle = [];
            idle.Push(process);
        }

        return outcome;
    }

    /// <summary>The process itself: it ends with its input, that is with the tests.</summary>
    public static async Task Main()
    {
        var product = Assembly.Load("pmsfc").EntryPoint!;
        var (requests, answers) = (Console.In, Console.Out);
        Console.SetIn(TextReader.Null);
        while (await requests.ReadLineAsync() is { } line)
        {
            var request = JsonSerializer.Deserialize<Request>(line)!;
            using StringWriter output = new(),
                error = new();
            Console.SetOut(output);
            Console.SetError(error);
            // One for each command, since it keeps the writer that it was made with.
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings());
            Environment.CurrentDirectory = request.Folder;
            var before = request.Environment.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
            foreach (var (name, value) in request.Environment)
                Environment.SetEnvironmentVariable(name, value);
            var code = (int)product.Invoke(null, [request.Arguments.ToArray()])!;
            foreach (var (name, value) in before)
                Environment.SetEnvironmentVariable(name, value);
            await answers.WriteLineAsync(JsonSerializer.Serialize(new Outcome(code, output.ToString(), error.ToString())));
        }
    }

    private async Task<Outcome> RunAsync(Request request)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request));
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize<Outcome>(
            await _process.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException($"The process ended while it ran '{string.Join(' ', request.Arguments)}'.")
        )!;
    }

    private sealed record Request(string Folder, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Arguments);
}
