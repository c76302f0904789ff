using Orleans.Storage;
using PmSFC.Grains.Sweeps;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>The record of a sweep as it is stored, and every one that was.</summary>
internal sealed class DurableRecord
{
    public SweepRecord Value { get; private set; } = new();

    public int Version { get; private set; }

    public List<SweepRecord> History { get; } = [new()];

    public string Replace(SweepRecord next, string? etag)
    {
        if (etag != ETag)
            throw new InconsistentStateException("The record has changed.", $"{Version}", etag ?? "none");
        History.Add(Value = next);
        Version++;
        return ETag!;
    }

    public string? ETag => Version == 0 ? null : $"{Version}";
}

/// <summary>The record in one activation.</summary>
internal sealed class SimulatedState(DurableRecord durable, SimulatedCalls calls, Life life) : IPersistentState<SweepRecord>
{
    public SweepRecord State { get; set; } = durable.Value;

    public string? Etag { get; private set; } = durable.ETag;

    public bool RecordExists { get; private set; } = durable.Version > 0;

    public async Task WriteStateAsync()
    {
        var (next, etag) = (State, Etag);
        Etag = await calls.Ask("record", life, () => durable.Replace(next, etag), NoAnswer);
        RecordExists = true;
    }

    public async Task ReadStateAsync()
    {
        var (value, etag) = await calls.Ask("record", life, () => (durable.Value, durable.ETag), NoAnswer);
        (State, Etag, RecordExists) = (value, etag, etag is not null);
    }

    public Task ClearStateAsync() => throw new NotSupportedException();

    private static StoreException NoAnswer() => new(StoreFailure.Unavailable, SimulatedStore.Complaint);
}
