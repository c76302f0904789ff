using System.Text.Json.Serialization;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Grains.Sweeps;

/// <summary>
/// What a sweep stores in addition to its plan, and the state machine that it goes through; everything else follows from the plan, the results and the
/// jobs. Each transition is a pure function, which gives the same record where it changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("pmsfc.SweepRecord")]
internal sealed record SweepRecord
{
    /// <summary>What it is doing.</summary>
    [Id(0)]
    public SweepPhase Phase { get; init; }

    /// <summary>How often it was started.</summary>
    [Id(1)]
    public int Round { get; init; }

    /// <summary>W3C <c>traceparent</c> of the span that started it last, or null.</summary>
    [Id(2)]
    public string? TraceParent { get; init; }

    /// <summary>How many jobs may fail before it stops, as the latest start said, or null for any number.</summary>
    [Id(3)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FailureBudget? FailureBudget { get; init; }

    /// <summary>Why it stopped or is paused, one sentence, or null.</summary>
    [Id(4)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The priority that it was given after its start, or null for its plan's.</summary>
    [Id(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; init; }

    private const string PausedReason = "It is paused: go on with `sweep resume`.";

    /// <summary>Whether its jobs are to be done.</summary>
    [JsonIgnore]
    public bool IsWanted => Phase == SweepPhase.Running;

    /// <summary>Whether its jobs are being given up, all of them or those that do not run.</summary>
    [JsonIgnore]
    public bool IsGivingUp => Phase is SweepPhase.Cancelling or SweepPhase.Stopping or SweepPhase.Pausing;

    /// <summary>Whether there is something left to do for it without a command.</summary>
    [JsonIgnore]
    public bool IsActive => IsWanted || IsGivingUp;

    /// <summary>Whether it is over until it is started again.</summary>
    [JsonIgnore]
    public bool HasEnded => Phase is SweepPhase.Finished or SweepPhase.Cancelled or SweepPhase.Stopped;

    /// <summary>Whether it is paused, or is about to be.</summary>
    [JsonIgnore]
    public bool IsPaused => Phase is SweepPhase.Pausing or SweepPhase.Paused;

    /// <summary>Its jobs are wanted, in a round of their own.</summary>
    public SweepRecord Start(int round, FailureBudget? budget, string? traceParent) =>
        this with
        {
            Phase = SweepPhase.Running,
            Round = round,
            TraceParent = traceParent,
            FailureBudget = budget,
            Reason = null,
        };

    /// <summary>Nobody wants its jobs any more. What has ended stays as it ended.</summary>
    public SweepRecord Cancel() =>
        Phase is SweepPhase.Running or SweepPhase.Stopping or SweepPhase.Pausing or SweepPhase.Paused
            ? this with
            {
                Phase = SweepPhase.Cancelling,
                Reason = null,
            }
            : this;

    /// <summary>Nobody wants its jobs until it is started again.</summary>
    public SweepRecord Pause() => IsWanted ? this with { Phase = SweepPhase.Pausing, Reason = PausedReason } : this;

    /// <summary>Too many of its jobs failed: what runs may end, and nothing else is wanted.</summary>
    /// <param name="reason">Why, one sentence.</param>
    public SweepRecord Stop(string reason) => IsWanted ? this with { Phase = SweepPhase.Stopping, Reason = reason } : this;

    /// <summary>What was to be given up is given up.</summary>
    public SweepRecord EndGivingUp() =>
        Phase switch
        {
            SweepPhase.Cancelling => this with { Phase = SweepPhase.Cancelled },
            SweepPhase.Stopping => this with { Phase = SweepPhase.Stopped },
            SweepPhase.Pausing => this with { Phase = SweepPhase.Paused },
            _ => this,
        };

    /// <summary>Each of its jobs has ended.</summary>
    public SweepRecord Finish() => IsWanted ? this with { Phase = SweepPhase.Finished } : this;

    /// <summary>It has another priority than its plan says.</summary>
    public SweepRecord Prioritize(int priority) => this with { Priority = priority };
}
