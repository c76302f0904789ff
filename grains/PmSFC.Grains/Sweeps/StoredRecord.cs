using Orleans.Storage;

namespace PmSFC.Grains.Sweeps;

/// <summary>The record of a sweep. It changes after the change is stored, and never before.</summary>
internal sealed class StoredRecord(IPersistentState<SweepRecord> state)
{
    /// <summary>Whether a write failed that may have been stored none the less.</summary>
    public bool IsUncertain { get; private set; }

    /// <summary>The record as it is stored.</summary>
    public SweepRecord Value { get; private set; } = state.State;

    /// <summary>Whether there is a record that cannot be read, or that tells of no start.</summary>
    public bool HasLostItsRound => state is { RecordExists: true, State.Round: 0 };

    /// <summary>Stores another record. Where that fails, the record is what it was.</summary>
    /// <param name="next">The other record.</param>
    /// <param name="announce">What follows from it, in one step with the change.</param>
    public async Task SaveAsync(SweepRecord next, Action? announce = null)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = Value;
            IsUncertain = true;
            throw;
        }

        Value = next;
        announce?.Invoke();
    }

    /// <summary>Finds out whether a write that failed was stored. Nothing is to be decided by the record before that is known.</summary>
    /// <exception cref="InconsistentStateException">It was, or another activation has written: this activation is to be given up.</exception>
    public async Task VerifyAsync()
    {
        if (!IsUncertain)
            return;
        await state.ReadStateAsync();
        var read = state.State;
        state.State = Value;
        if (read != Value)
            throw new InconsistentStateException("The record of the sweep is not the one that this activation knows.");
        IsUncertain = false;
    }
}
