using PmSFC.Abstractions.Preparations;

namespace PmSFC.Client.Progress;

/// <summary>Why something of a sweep waits.</summary>
/// <param name="Reason">The reason, one sentence.</param>
/// <param name="Jobs">How many jobs it holds back; 0 where it is the reason of a preparation.</param>
/// <param name="Preparation">What waits where it is no job, or null.</param>
public sealed record WaitingReason(string Reason, int Jobs, PreparationKind? Preparation = null);
