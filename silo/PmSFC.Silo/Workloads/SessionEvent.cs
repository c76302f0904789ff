using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads;

/// <summary>What the device thread tells the asynchronous side: plain data, never tensors.</summary>
internal abstract record SessionEvent(LeasedWork Work);

/// <summary>The work goes on, in a batch of so many.</summary>
internal sealed record ProgressMade(LeasedWork Work, JobProgress Progress, int Batch) : SessionEvent(Work);

/// <summary>A checkpoint to store.</summary>
internal sealed record CheckpointTaken(LeasedWork Work, JobCheckpoint Checkpoint) : SessionEvent(Work);

/// <summary>A checkpoint that the engine does not go on from.</summary>
internal sealed record CheckpointRefused(LeasedWork Work, int Iteration, string Reason) : SessionEvent(Work);

/// <summary>A search has diverged for the first time and goes on more gently.</summary>
internal sealed record SearchDiverged(LeasedWork Work, JobDivergence Divergence) : SessionEvent(Work);

/// <summary>A job's iterations are done.</summary>
internal sealed record ImageReconstructed(LeasedWork Work, RgbImage Image, byte[] Codes, JobCheckpoint Trace) : SessionEvent(Work);

/// <summary>A preparation's iterations are done.</summary>
internal sealed record Prepared<T>(LeasedWork Work, T Result) : SessionEvent(Work);

/// <summary>The attempt failed.</summary>
internal sealed record WorkFailed(LeasedWork Work, JobFailure Failure) : SessionEvent(Work);

/// <summary>The work stopped for the reason that its flag tells.</summary>
internal sealed record WorkStopped(LeasedWork Work) : SessionEvent(Work);
