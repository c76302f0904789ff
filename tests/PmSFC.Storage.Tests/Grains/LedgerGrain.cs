namespace PmSFC.Storage.Tests;

public sealed class LedgerGrain([PersistentState("book")] IPersistentState<Ledger> book, ILocalSiloDetails silo) : Grain, ILedgerGrain
{
    public Task<Ledger> ReadAsync() => Task.FromResult(book.State);

    public async Task<int> AddAsync(string entry)
    {
        book.State.Status = LedgerStatus.Open;
        book.State.Entries.Add(entry);
        await book.WriteStateAsync();
        return book.State.Entries.Count;
    }

    public Task ClearAsync() => book.ClearStateAsync();

    public Task<string> SiloAsync() => Task.FromResult(silo.SiloAddress.ToString());
}
