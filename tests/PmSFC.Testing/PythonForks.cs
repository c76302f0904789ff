using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;

namespace PmSFC.Testing;

/// <summary>A Python that has PyTorch loaded, which takes seconds, and forks for every script; it ends with this process.</summary>
internal sealed class PythonForks
{
    private static readonly Lazy<PythonForks> Running = new(() => new PythonForks());

    private readonly string _name = $"pmsfc-test-{Guid.NewGuid():n}";
    private readonly Process _process;

    private PythonForks()
    {
        _process = Process.Start(
            new ProcessStartInfo(Reference.Interpreter, [Repository.PathOf("tests/PmSFC.Testing/forks.py"), _name])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        if (_process.StandardOutput.ReadLine() is null)
            throw new InvalidOperationException("forks.py ended before it listened.");
    }

    /// <summary>Runs a script to its end.</summary>
    /// <param name="script">Where it is.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    public static ProcessOutcome Run(string script, IEnumerable<string> arguments, string input)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint("\0" + Running.Value._name));
        using var stream = new NetworkStream(socket);
        using var writer = new StreamWriter(stream);
        writer.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    folder = Environment.CurrentDirectory,
                    arguments = arguments.Prepend(script),
                    input,
                }
            )
        );
        writer.Flush();
        using var reader = new StreamReader(stream);
        using var answer = JsonDocument.Parse(reader.ReadLine() ?? throw new InvalidOperationException($"forks.py ended within {script}."));
        return new ProcessOutcome(
            answer.RootElement.GetProperty("code").GetInt32(),
            answer.RootElement.GetProperty("output").GetString()!,
            answer.RootElement.GetProperty("error").GetString()!
        );
    }
}
