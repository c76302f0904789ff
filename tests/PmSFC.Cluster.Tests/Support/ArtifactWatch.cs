using System.Collections.Concurrent;
using System.Text.Json;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Engine.Checkpoints;
using PmSFC.Imaging;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Reads, while things happen, whatever is written once, as soon as it can be seen: each must be whole at first sight and stay as it is.</summary>
internal sealed class ArtifactWatch : IAsyncDisposable
{
    private static readonly string[] Watched =
    [
        ArtifactNames.Jobs,
        ArtifactNames.Sweeps,
        ArtifactNames.Images,
        ArtifactNames.Generators,
        ArtifactNames.AllCheckpoints,
    ];

    private readonly IArtifactStore _store;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, string> _seen = new();
    private readonly Task _watching;

    public ArtifactWatch(IArtifactStore store)
    {
        _store = store;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Artifacts that were read and found whole.</summary>
    public int Seen => _seen.Count;

    /// <summary>Looks a last time and ends. Fails where an artifact was not whole, or where one of a job that has its result has been replaced.</summary>
    public async Task EndAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        await LookAsync();
        foreach (var (name, etag) in _seen.Where(seen => seen.Key.StartsWith(ArtifactNames.Jobs, StringComparison.Ordinal)))
            (await _store.ReadAsync(name)).ShouldNotBeNull(name).ETag.ShouldBe(etag, $"{name} was replaced");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(TimeSpan.FromSeconds(0.5), _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync()
    {
        foreach (var prefix in Watched)
        {
            foreach (var name in await StoredResults.NamesAsync(_store, prefix))
            {
                if (_seen.ContainsKey(name))
                    continue;
                // What an attempt left that died before its result gives way to the next attempt's.
                var isFinal =
                    !name.StartsWith(ArtifactNames.Jobs, StringComparison.Ordinal)
                    || await _store.ExistsAsync(ArtifactNames.JobResult(name.Split('/')[1]));
                // A checkpoint may be gone by now.
                if (await _store.ReadAsync(name) is not { } artifact)
                    continue;
                await CheckAsync(name, artifact.Content);
                if (isFinal)
                    _seen[name] = artifact.ETag;
            }
        }
    }

    private async Task CheckAsync(string name, ReadOnlyMemory<byte> content)
    {
        if (ArtifactNames.JobOf(name) is { } job)
        {
            ArtifactJson.Read<JobResult>(content.Span).JobId.ShouldBe(job);
            (await _store.ExistsAsync(ArtifactNames.JobReconstruction(job))).ShouldBeTrue($"{name} is written last");
            (await _store.ExistsAsync(ArtifactNames.JobCodes(job))).ShouldBeTrue($"{name} is written last");
        }
        else if (name.EndsWith(".json", StringComparison.Ordinal))
        {
            JsonDocument.Parse(content).Dispose();
        }
        else if (name.EndsWith(".png", StringComparison.Ordinal))
        {
            ImageFile.Decode(content.ToArray(), name);
        }
        else if (name.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            SafetensorsFile.Read(content, name);
        }
        else if (ArtifactNames.TryParseCheckpoint(name, out var iteration))
        {
            JobCheckpoint.Decode(content, name).Iteration.ShouldBe(iteration);
        }
    }
}
