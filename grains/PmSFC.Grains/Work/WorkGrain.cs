using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Storage;

namespace PmSFC.Grains.Work;

/// <summary>
/// A piece of work that ends with an artifact in the store: whether it is done is whether that exists. Only attempts are stored; a piece of
/// work that waits is asked for again by its sweeps.
/// </summary>
internal abstract partial class WorkGrain<TStatus>(
    IPersistentState<WorkRecord> state,
    IArtifactStore store,
    TimeProvider time,
    ILogger logger
) : Grain, IWorkOwner
    where TStatus : class
{
    private readonly ILogger _logger = logger;
    private bool _storeAsked;
    private bool _unsaved;
    private JobProgress? _progress;
    private string? _waitingFor;
    private TStatus? _told;

    /// <summary>The artifact that is written last.</summary>
    protected abstract string ArtifactName { get; }

    private WorkRecord Record => state.State;

    private IDevicePoolGrain Pool => GrainFactory.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default);

    /// <summary>The trace of the attempt that reports, as the report tells it.</summary>
    private static string? TraceId => RequestContext.Get(PmSFCTelemetry.TraceIdEntry) as string;

    private string Id => this.GetPrimaryKeyString();

    /// <summary>The status as sweeps see it.</summary>
    protected abstract TStatus Describe(WorkRecord record, JobProgress? progress, string? waitingFor);

    /// <summary>Tells a sweep of a change without waiting for it.</summary>
    protected abstract Task TellAsync(ISweepGrain sweep, TStatus status);

    /// <summary>Makes sure that the work is done or queued.</summary>
    protected async Task<TStatus> EnsureAsync(WorkItem item, CancellationToken cancellationToken = default)
    {
        if (item.Id != Id)
            throw new BadInputException($"The work that was asked of {Id} has the id {item.Id}: ask the grain of that id.");
        var before = Record;
        var isNew = before.IsNewRequest(item.Request);
        if (before.State == JobState.Failed && !isNew)
            return Status();

        if ((!_storeAsked || isNew || before.State == JobState.Succeeded) && await IsStoredAsync(cancellationToken))
        {
            await ChangeAsync(before.State == JobState.Succeeded ? before : before.Want(item).Finish(before.Token));
            if (before is { Item: not null, State: not JobState.Succeeded })
                await Pool.Withdraw([Id]);
            return Status();
        }

        _storeAsked = true;
        var wanted = before.Want(item);
        await ChangeAsync(isNew || before.State == JobState.Succeeded ? wanted.Renew() : wanted);
        await EnqueueAsync();
        return Status();
    }

    /// <summary>A sweep no longer wants the work.</summary>
    public async Task<TStatus> Abandon(string sweepId)
    {
        var next = Record.Drop(sweepId);
        // Withdrawn first: a worker whose report is refused asks the queue why, and must hear that the work is cancelled, not that it is lost.
        if (next is { Item: not null, State: JobState.Cancelled })
            await Pool.Withdraw([Id]);
        await ChangeAsync(next);
        return Status();
    }

    /// <summary>What is known of the work.</summary>
    public Task<TStatus> GetStatus() => AskAsync(CancellationToken.None);

    /// <summary>What is known of the work.</summary>
    protected async Task<TStatus> AskAsync(CancellationToken cancellationToken)
    {
        if (Record is { Item: null, State: JobState.Cancelled } && await IsStoredAsync(cancellationToken))
            state.State = Record.Finish(Record.Token);
        return Status();
    }

    /// <inheritdoc/>
    public async Task<bool> Started(long token, string device)
    {
        if (!Accepts(token))
            return false;
        await ChangeAsync(Record.Begin(token, device, TraceId));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Progressed(long token, JobProgress progress)
    {
        if (!Accepts(token))
            return false;
        _progress = progress;
        await ChangeAsync(Record.Begin(token, device: null, TraceId));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Succeeded(long token)
    {
        if (Record.State == JobState.Succeeded)
            return token == Record.Token;
        if (!Accepts(token))
            return false;
        if (await IsStoredAsync())
        {
            await ChangeAsync(Record.Finish(token));
            return true;
        }

        return await Failed(
            token,
            new JobFailure
            {
                Name = FailureName.Bug,
                Message =
                    $"A worker reported success, but the store has no {ArtifactName}: look at the log of {Record.Device ?? "the worker"}.",
            }
        );
    }

    /// <inheritdoc/>
    public async Task<bool> Failed(long token, JobFailure failure)
    {
        if (!Accepts(token))
            return false;
        LogFailed(Id, failure.Name, failure.Message);
        await ChangeAsync(Record.Fail(token, failure));
        await EnqueueOrLeaveToSweepsAsync();
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Released(long token)
    {
        if (!Accepts(token))
            return false;
        await ChangeAsync(Record.GiveBack(token));
        await EnqueueOrLeaveToSweepsAsync();
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> LeaseExpired(long token)
    {
        if (!Accepts(token))
            return false;
        await LoseAsync(token);
        await EnqueueOrLeaveToSweepsAsync();
        return true;
    }

    /// <inheritdoc/>
    public Task CapacityChanged(CapacityState capacity)
    {
        if (Record.State is JobState.Queued or JobState.WaitingForCapacity or JobState.Lost)
            Wait(capacity.Missing);
        return Task.CompletedTask;
    }

    private bool Accepts(long token)
    {
        if (Record.Accepts(token))
            return true;
        LogStale(Id, token, Record.Token, Record.State);
        return false;
    }

    private async Task<bool> IsStoredAsync(CancellationToken cancellationToken = default) =>
        await store.ExistsAsync(ArtifactName, cancellationToken);

    private Task LoseAsync(long token)
    {
        LogLost(Id, Record.Device);
        return ChangeAsync(
            Record.Fail(
                token,
                new JobFailure
                {
                    Name = FailureName.Lost,
                    Message =
                        $"Every worker that took it was lost, the last on {Record.Device ?? "an unknown device"}: look at the logs of the silos.",
                }
            )
        );
    }

    private async Task EnqueueAsync()
    {
        var outcome = (await Pool.Enqueue([Record.ForQueue()]))[0];
        if (outcome.Leased)
            return;
        if (Record.Holds)
            await LoseAsync(Record.Token);
        if (Record.State.IsFinal())
            await Pool.Withdraw([Id]);
        else
            Wait(outcome.Missing);
    }

    private async Task EnqueueOrLeaveToSweepsAsync()
    {
        if (Record.State.IsFinal())
            return;
        try
        {
            await EnqueueAsync();
        }
        catch (Exception e)
        {
            LogNotQueued(Id, e);
        }
    }

    private void Wait(string? missing)
    {
        state.State = Record.Wait(capacity: missing is null).After(Record, time.GetUtcNow());
        _waitingFor = missing;
        TellSweeps(Record.Wanted.Keys);
    }

    /// <summary>Goes to another record, which is stored where an attempt began or ended, and tells the sweeps.</summary>
    private async Task ChangeAsync(WorkRecord next)
    {
        var before = Record;
        state.State = next = next.After(before, time.GetUtcNow());
        if (next.State != JobState.Running)
            _progress = null;
        // Waiting is not worth a write: who wants the work asks again.
        if (_unsaved || (next != before && (state.RecordExists || next.Token != before.Token)))
        {
            try
            {
                await state.WriteStateAsync();
                _unsaved = false;
            }
            catch (Exception e) when (StoreTrouble.MayPass(e))
            {
                // A record that is lost costs attempts, never results: the work goes on, and the sweeps are notified, while the store takes no writes.
                _unsaved = true;
                LogNotSaved(Id, StoreTrouble.Of(e)!.Message);
            }
            catch
            {
                state.State = before;
                throw;
            }
        }

        TellSweeps(before.Wanted.Keys.Union(next.Wanted.Keys));

        // The next call reads it from the store: a silo holds the work that is left, not all that was ever done.
        if (next.State.IsFinal() && !before.State.IsFinal())
            DeactivateOnIdle();
    }

    private void TellSweeps(IEnumerable<string> sweepIds)
    {
        var status = Status();
        if (status.Equals(_told))
            return;
        _told = status;
        foreach (var sweepId in sweepIds)
            TellAsync(GrainFactory.GetGrain<ISweepGrain>(sweepId), status).Ignore();
    }

    private TStatus Status() =>
        Describe(
            Record,
            _progress,
            Record.State switch
            {
                JobState.Queued when Record is { FailedAttempts.IsEmpty: false, Failure: { } failure } =>
                    $"is tried again: {failure.Message}",
                JobState.Queued => WaitingTurn.ForDevice,
                JobState.WaitingForCapacity => _waitingFor,
                JobState.Lost => $"its worker was lost; {_waitingFor ?? WaitingTurn.ForDevice}",
                _ => null,
            }
        );
}
