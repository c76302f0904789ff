namespace PmSFC.Client.Progress;

/// <summary>Why something of a sweep waits.</summary>
/// <param name="Reason">The reason, one sentence.</param>
/// <param name="Jobs">How many jobs it holds back; 0 where it is the reason of a preparation.</param>
/// <param name="Preparation">The kind of the preparation that waits, or null where it is jobs that wait.</param>
public sealed record WaitingReason(string Reason, int Jobs, string? Preparation = null);
