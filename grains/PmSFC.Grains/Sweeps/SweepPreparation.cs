using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Subspaces;

namespace PmSFC.Grains.Sweeps;

/// <summary>One subspace set or network that jobs of a sweep need, or a set that another set takes its sizes of.</summary>
internal sealed class SweepPreparation
{
    private readonly SubspaceSpec? _subspaces;
    private readonly NetworkSpec? _network;

    public SweepPreparation(string id, SubspaceSpec spec, string? baseId, long bytes)
        : this(id, PreparationKind.Subspaces, bytes) => (_subspaces, BaseId) = (spec, baseId);

    public SweepPreparation(string id, NetworkSpec spec, long bytes)
        : this(id, PreparationKind.Network, bytes) => _network = spec;

    private SweepPreparation(string id, PreparationKind kind, long bytes)
    {
        Bytes = bytes;
        Status = new PreparationStatus { Id = id, Kind = kind, State = JobState.Queued, WaitingFor = WaitingTurn.NotLookedAt };
    }

    /// <summary>What must be stored before, or null.</summary>
    public string? BaseId { get; }

    /// <summary>Predicted memory.</summary>
    public long Bytes { get; set; }

    public PreparationStatus Status
    {
        get;
        set
        {
            field = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Called after each change.</summary>
    public Action? Changed { get; set; }

    public int ReportCount { get; set; }

    public Task<PreparationStatus> Ensure(IGrainFactory grains, WorkRequest request) => _network is null
        ? grains.GetGrain<ISubspaceSetGrain>(Status.Id).Ensure(_subspaces!, request)
        : grains.GetGrain<INetworkGrain>(Status.Id).Ensure(_network, request);

    public Task<PreparationStatus> Abandon(IGrainFactory grains, string sweepId) => _network is null
        ? grains.GetGrain<ISubspaceSetGrain>(Status.Id).Abandon(sweepId)
        : grains.GetGrain<INetworkGrain>(Status.Id).Abandon(sweepId);

    public Task<PreparationStatus> Ask(IGrainFactory grains) => _network is null
        ? grains.GetGrain<ISubspaceSetGrain>(Status.Id).GetStatus()
        : grains.GetGrain<INetworkGrain>(Status.Id).GetStatus();
}
