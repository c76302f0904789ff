namespace PmSFC.Storage.Tests;

/// <summary>A grain with state, for the storage tests.</summary>
public interface ILedgerGrain : IGrainWithStringKey
{
    Task<Ledger> ReadAsync();

    Task<int> AddAsync(string entry);

    Task ClearAsync();

    Task<string> SiloAsync();
}
