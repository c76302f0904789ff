using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>A running <c>pmsfc --json</c>: its events as they come.</summary>
internal sealed class ClientProcess : ClientEvents, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly Process _process;
    private readonly Task<string> _error;
    private readonly Channel<JsonElement> _unread = Channel.CreateUnbounded<JsonElement>();
    private ImmutableList<JsonElement> _events = [];

    public ClientProcess(Process process)
    {
        _process = process;
        _process.StandardInput.Close();
        _error = process.StandardError.ReadToEndAsync();
        _ = ReadAsync();
    }

    public override IReadOnlyList<JsonElement> Events => _events;

    /// <summary>Passes over what has been said so far.</summary>
    public void CatchUp()
    {
        while (_unread.Reader.TryRead(out _)) { }
    }

    /// <summary>Reads on until an event of a job is as wanted.</summary>
    public async Task<JobEvent> UntilAsync(Predicate<JobEvent> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (await NextAsync(patience.Token) is { } next)
            {
                if (Kind(next) == "job" && JobEvent.Of(next) is var job && wanted(job))
                    return job;
            }
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException(
                $"pmsfc did not say for {Patience.TotalMinutes} minutes what was waited for; its last words are {LastWords()}",
                e
            );
        }

        throw new InvalidOperationException(
            $"pmsfc ended without the event that was waited for: {await _error}; its last words are {LastWords()}"
        );
    }

    /// <summary>Reads to the end of the process.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> EndAsync() => EndAsync(Patience);

    /// <summary>Reads to the end of the process, for so long at most.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync(TimeSpan longest)
    {
        using var patience = new CancellationTokenSource(longest);
        while (await NextAsync(patience.Token) is not null) { }

        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    /// <summary>Reads to the end, which must be a good one.</summary>
    public Task DoneAsync() => DoneAsync(Patience);

    /// <summary>Reads to the end, which must be a good one and be there in time.</summary>
    public async Task DoneAsync(TimeSpan longest) => (await EndAsync(longest)).ShouldBe(0, await _error);

    /// <summary>What went to stderr, once the process has ended.</summary>
    public Task<string> ErrorAsync() => _error;

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private string LastWords() => string.Join('\n', _events.TakeLast(50));

    private async Task<JsonElement?> NextAsync(CancellationToken cancellationToken) =>
        await _unread.Reader.WaitToReadAsync(cancellationToken) && _unread.Reader.TryRead(out var next) ? next : null;

    private async Task ReadAsync()
    {
        try
        {
            while (await _process.StandardOutput.ReadLineAsync() is { } line)
            {
                var said = JsonDocument.Parse(line).RootElement;
                _events = _events.Add(said);
                await _unread.Writer.WriteAsync(said);
            }
        }
        finally
        {
            _unread.Writer.Complete();
        }
    }
}
