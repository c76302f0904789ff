using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Grains.Preparations;

namespace PmSFC.Grains.Sweeps;

/// <summary>Something that is made once and that jobs of a sweep need, or that another preparation of theirs is made from.</summary>
internal sealed class SweepPreparation(IPreparationSpec spec, long bytes)
{
    /// <summary>Name of its kind.</summary>
    public string Kind => spec.PreparationKind;

    /// <summary>Ids of what must be stored before.</summary>
    public ImmutableArray<string> Needs { get; } = [.. spec.Needs.Select(need => need.Id)];

    /// <summary>Predicted memory.</summary>
    public long Bytes { get; set; } = bytes;

    public PreparationStatus Status
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    } =
        new()
        {
            Id = spec.Id,
            Kind = PreparationKinds.NumberOf(spec.PreparationKind),
            OtherKind = spec is PreparationSpec other ? other.Kind : null,
            State = JobState.Queued,
            WaitingFor = WaitingTurn.NotLookedAt,
        };

    /// <summary>Called after each change.</summary>
    public Action? Changed { get; set; }

    public int ReportCount { get; set; }

    public Task<PreparationStatus> EnsureAsync(IGrainFactory grains, WorkRequest request) => grains.EnsureAsync(spec, request);

    public Task<PreparationStatus> AbandonAsync(IGrainFactory grains, string sweepId) => grains.AbandonAsync(spec, sweepId);

    public Task<PreparationStatus> AskAsync(IGrainFactory grains) => grains.GetStatusAsync(spec);
}
