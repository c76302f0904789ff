namespace PmSFC.Storage.Tests;

public enum LedgerStatus
{
    Empty,
    Open,
}

[GenerateSerializer]
public sealed record Ledger
{
    [Id(0)]
    public LedgerStatus Status { get; set; }

    [Id(1)]
    public List<string> Entries { get; set; } = [];
}
