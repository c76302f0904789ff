using Orleans.Concurrency;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;

namespace PmSFC.Abstractions.Sweeps;

/// <summary>One sweep; the key is its id.</summary>
/// <remarks>
/// Commands take turns. Reads and reports interleave with them: they are answered while a sweep asks thousands of jobs, and a job's report reaches a sweep that
/// waits for that job. What <see cref="Watch"/> gives interleaves as all sequences of Orleans do. To interleave is in a message's header, which its sender writes,
/// and not in the call; tokens are not in it either.
/// </remarks>
[Alias("pmsfc.ISweepGrain")]
public interface ISweepGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the sweep, or goes on with it: what is stored is not done again, what failed or was cancelled runs again. Idempotent.
    /// </summary>
    /// <param name="plan">The plan; its id must be this grain's key.</param>
    /// <param name="traceParent">W3C <c>traceparent</c> of the caller's sweep span, to which job traces link, or null.</param>
    /// <param name="cancellationToken">The caller no longer waits. As in every command, what has begun to be stored is stored, and what follows from it is done.</param>
    [Alias("Start")]
    Task<SweepStatus> Start(SweepPlan plan, string? traceParent, CancellationToken cancellationToken = default);

    /// <summary>Where the sweep stands, or null where it was never started.</summary>
    [AlwaysInterleave]
    [Alias("GetStatus")]
    Task<SweepStatus?> GetStatus(CancellationToken cancellationToken = default);

    /// <summary>Where the sweep stands if it is not at its end, or null. A sweep that has ended is not read from the store for it.</summary>
    [AlwaysInterleave]
    [Alias("GetUnfinished")]
    Task<SweepStatus?> GetUnfinished(CancellationToken cancellationToken = default);

    /// <summary>
    /// Events after <paramref name="afterSequence"/> as they happen, until the sweep is finished. A caller that was cut off asks again with the
    /// last number it saw; one that lags behind what is kept gets the latest state of each job instead.
    /// </summary>
    [Alias("Watch")]
    IAsyncEnumerable<SweepEvent> Watch(long afterSequence, CancellationToken cancellationToken = default);

    /// <summary>Stops the sweep: nothing of it starts any more, what runs stops within one iteration, results are kept.</summary>
    [Alias("Cancel")]
    Task<SweepStatus> Cancel(CancellationToken cancellationToken = default);

    /// <summary>
    /// Pauses the sweep until it is started again: nothing of it starts any more, and what runs stops within one iteration after its worker
    /// hears of it, at a checkpoint. What another sweep wants too goes on for that one.
    /// </summary>
    [Alias("Pause")]
    Task<SweepStatus> Pause(CancellationToken cancellationToken = default);

    /// <summary>Gives the sweep another priority than its plan says; what waits takes its new place at once.</summary>
    [Alias("SetPriority")]
    Task<SweepStatus> SetPriority(int priority, CancellationToken cancellationToken = default);

    /// <summary>A job of the sweep changed.</summary>
    [OneWay, AlwaysInterleave]
    [Alias("JobChanged")]
    Task JobChanged(JobStatus status);

    /// <summary>A discovery or a training that the sweep waits for changed.</summary>
    [OneWay, AlwaysInterleave]
    [Alias("SubspacesChanged")]
    Task PreparationChanged(PreparationStatus status);

    /// <summary>Goes on with a sweep that runs, after the silo that held it died; anything else is left alone.</summary>
    [AlwaysInterleave]
    [Alias("Wake")]
    Task Wake();
}
