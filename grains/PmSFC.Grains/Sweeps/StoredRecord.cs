namespace PmSFC.Grains.Sweeps;

/// <summary>The record of a sweep. It changes after the change is stored, and never before.</summary>
internal sealed class StoredRecord(IPersistentState<SweepRecord> state)
{
    /// <summary>The record as it is stored.</summary>
    public SweepRecord Value { get; private set; } = state.State;

    /// <summary>Whether there is a record that cannot be read, or that tells of no start.</summary>
    public bool HasLostItsRound => state is { RecordExists: true, State.Round: 0 };

    /// <summary>Stores another record. Where that fails, the record is what it was.</summary>
    /// <param name="next">The other record.</param>
    /// <param name="announce">What follows from it, in one step with the change.</param>
    public async Task Save(SweepRecord next, Action? announce = null)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = Value;
            throw;
        }

        Value = next;
        announce?.Invoke();
    }
}
