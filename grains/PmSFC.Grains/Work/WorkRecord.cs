using System.Collections.Immutable;
using System.Text.Json.Serialization;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Grains.Work;

/// <summary>
/// What is stored of a piece of work, and the state machine that it goes through. Each transition is a pure function; a grain stores what it
/// gives before anybody is told.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.WorkRecord")]
internal sealed record WorkRecord
{
    /// <summary>The work, or null where no sweep has asked for it.</summary>
    [Id(0)]
    public WorkItem? Item { get; init; }

    /// <summary>Where it is.</summary>
    [Id(1)]
    public JobState State { get; init; } = JobState.Cancelled;

    /// <summary>Attempts started.</summary>
    [Id(2)]
    public int Attempts { get; init; }

    /// <summary>Newest fencing token seen.</summary>
    [Id(3)]
    public long Token { get; init; }

    /// <summary>Whether the lease of that token is alive.</summary>
    [Id(4)]
    public bool Holds { get; init; }

    /// <summary>Attempts that failed or were lost since the work was last started afresh, by name.</summary>
    [Id(5)]
    public ImmutableSortedDictionary<FailureName, int> FailedAttempts { get; init; } = ImmutableSortedDictionary<FailureName, int>.Empty;

    /// <summary>The last failure, or null.</summary>
    [Id(6)]
    public JobFailure? Failure { get; init; }

    /// <summary>The device that runs it or ran it last, or null.</summary>
    [Id(7)]
    public string? Device { get; init; }

    /// <summary>Who wants it, by sweep.</summary>
    [Id(8)]
    public ImmutableSortedDictionary<string, WorkRequest> Wanted { get; init; } = NobodyWants;

    /// <summary>The trace of the latest attempt, or null where it is not traced.</summary>
    [Id(9)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>When it came into its state, or null where that was not written down.</summary>
    [Id(10)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    private const int LostTogether = 2;

    private static ImmutableSortedDictionary<string, WorkRequest> NobodyWants { get; } =
        ImmutableSortedDictionary.Create<string, WorkRequest>(StringComparer.Ordinal);

    /// <summary>Whether a report under this token is of the newest lease.</summary>
    public bool Accepts(long token) => !State.IsFinal() && (token > Token || (token == Token && Holds));

    /// <summary>Whether a sweep that asks again wants the work to run again, and does not only ask how it ended.</summary>
    public bool IsNewRequest(WorkRequest request) =>
        State switch
        {
            JobState.Failed => !Wanted.TryGetValue(request.SweepId, out var known) || request.Round > known.Round,
            JobState.Cancelled => true,
            _ => false,
        };

    /// <summary>
    /// The item for the queue, under the request of the highest priority. What has lost two workers runs alone from then on: of a batch, it is not
    /// known which job it was, and the others must not be lost with it again and again until they fail.
    /// </summary>
    public WorkItem ForQueue() =>
        Item! with
        {
            BatchKey = FailedAttempts.GetValueOrDefault(FailureName.Lost) < LostTogether ? Item!.BatchKey : $"{Item!.BatchKey} {Item.Id}",
            Request = Wanted.Values.OrderByDescending(r => r.Priority).ThenBy(r => r.SweepId, StringComparer.Ordinal).First(),
            OwnerToken = Token,
            OwnerHolds = Holds,
        };

    /// <summary>A sweep wants the work.</summary>
    public WorkRecord Want(WorkItem item) => this with { Item = Item ?? item, Wanted = Wanted.SetItem(item.Request.SweepId, item.Request) };

    /// <summary>A sweep no longer wants the work, which is cancelled where no other does.</summary>
    public WorkRecord Drop(string sweepId)
    {
        var wanted = Wanted.Remove(sweepId);
        return wanted.IsEmpty && !State.IsFinal()
            ? this with
            {
                Wanted = wanted,
                State = JobState.Cancelled,
                Holds = false,
            }
            : this with
            {
                Wanted = wanted,
            };
    }

    /// <summary>It goes to the queue with no failed attempts counted.</summary>
    public WorkRecord Renew() =>
        this with
        {
            State = JobState.Queued,
            Holds = false,
            FailedAttempts = ImmutableSortedDictionary<FailureName, int>.Empty,
        };

    /// <summary>It came from another record: where that changed its state, it did so now.</summary>
    public WorkRecord After(WorkRecord before, DateTimeOffset now) => State == before.State ? this : this with { Since = now };

    /// <summary>It waits, and a device that can take it is connected or not.</summary>
    public WorkRecord Wait(bool capacity) =>
        State is JobState.Queued or JobState.WaitingForCapacity
            ? this with
            {
                State = capacity ? JobState.Queued : JobState.WaitingForCapacity,
            }
            : this;

    /// <summary>A device took it.</summary>
    /// <param name="token">The lease's token.</param>
    /// <param name="device">The device, or null for the one that is known.</param>
    /// <param name="traceId">The attempt's trace, or null where it is not traced.</param>
    public WorkRecord Begin(long token, string? device, string? traceId = null) =>
        this with
        {
            State = JobState.Running,
            Attempts = token > Token ? Attempts + 1 : Attempts,
            Token = token,
            Holds = true,
            Device = device ?? Device,
            TraceId = traceId ?? (token > Token ? null : TraceId),
        };

    /// <summary>Its artifacts are stored.</summary>
    public WorkRecord Finish(long token) =>
        this with
        {
            State = JobState.Succeeded,
            Token = token,
            Holds = false,
            Failure = null,
            FailedAttempts = ImmutableSortedDictionary<FailureName, int>.Empty,
            Wanted = NobodyWants,
        };

    /// <summary>Its worker gave it back.</summary>
    public WorkRecord GiveBack(long token) => this with { State = JobState.Queued, Token = token, Holds = false };

    /// <summary>An attempt failed or was lost; the retry rule of the failure decides whether there is another.</summary>
    public WorkRecord Fail(long token, JobFailure failure)
    {
        var count = FailedAttempts.GetValueOrDefault(failure.Name) + 1;
        var final = count >= RetryRule.MaximumAttempts(failure.Name);
        var lost = failure.Name == FailureName.Lost;
        return this with
        {
            State =
                final ? JobState.Failed
                : lost ? JobState.Lost
                : JobState.Queued,
            Token = token,
            Holds = false,
            FailedAttempts = FailedAttempts.SetItem(failure.Name, count),
            Failure = lost && !final ? Failure : failure,
        };
    }
}
