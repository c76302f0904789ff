using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Jobs;
using PmSFC.Grains.Work;

namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>The grain of a job, and the worker that holds it.</summary>
/// <param name="spec">The job.</param>
/// <param name="sweepId">The sweep that is looked at.</param>
/// <param name="tell">Sends a report to the sweep.</param>
internal sealed class SimulatedJob(JobSpec spec, string sweepId, Action<JobStatus> tell)
{
    private JobStatus? _told;

    public WorkRecord Record { get; private set; } = new();

    /// <summary>Whether its result is stored.</summary>
    public bool IsStored { get; private set; }

    public bool IsWantedBySweep => Record.Wanted.ContainsKey(sweepId);

    public bool CanRun => Record is { Item: not null, State: JobState.Queued or JobState.Lost };

    public JobStatus Status =>
        InversionJobGrain.StatusOf(spec.Id, Record) with
        {
            WaitingFor = Record.State == JobState.Queued ? WaitingTurn.ForDevice : null,
        };

    public JobStatus Ensure(WorkRequest request)
    {
        var item = WorkItem.For(spec, request);
        var isNew = Record.IsNewRequest(request);
        if (Record.State == JobState.Failed && !isNew)
            return Status;
        if (IsStored)
            Change(Record.State == JobState.Succeeded ? Record : Record.Want(item).Finish(Record.Token));
        else
            Change(isNew || Record.State == JobState.Succeeded ? Record.Want(item).Renew() : Record.Want(item));
        return Status;
    }

    public JobStatus Abandon(string who)
    {
        Change(Record.Drop(who));
        return Status;
    }

    public JobStatus Ask()
    {
        if (Record is { Item: null, State: JobState.Cancelled } && IsStored)
            Record = Record.Finish(Record.Token);
        return Status;
    }

    public void Begin()
    {
        IsStored.ShouldBeFalse("what is stored is not done again");
        Change(Record.Begin(Record.Token + 1, "a device"));
    }

    public void Succeed()
    {
        IsStored = true;
        Change(Record.Finish(Record.Token));
    }

    public void Fail(FailureName name) => Change(Record.Fail(Record.Token, new JobFailure { Name = name, Message = "It went wrong." }));

    public void GiveBack() => Change(Record.GiveBack(Record.Token));

    private void Change(WorkRecord next)
    {
        var concerned = IsWantedBySweep || next.Wanted.ContainsKey(sweepId);
        Record = next;
        if (!concerned || Status == _told)
            return;
        tell(_told = Status);
    }
}
