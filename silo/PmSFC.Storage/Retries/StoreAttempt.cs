namespace PmSFC.Storage;

/// <summary>One attempt at a call of a store.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="CancellationToken">Ends the attempt: its caller does not want it any more, or this process leaves and has waited long enough.</param>
public readonly record struct StoreAttempt(int Number, CancellationToken CancellationToken);
