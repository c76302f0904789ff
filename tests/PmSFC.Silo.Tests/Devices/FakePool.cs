using System.Collections.Concurrent;
using System.Collections.Immutable;
using NSubstitute;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Devices;

/// <summary>A pool with one batch of jobs whose owners note what they are told.</summary>
internal sealed class FakePool
{
    // A worker goes by durations: the clocks of its machine and of the pool's may differ.
    private static readonly TimeSpan ClockBehind = TimeSpan.FromHours(1);

    private readonly IDevicePoolGrain _pool = Substitute.For<IDevicePoolGrain>();
    private ImmutableArray<Lease> _leases;

    public FakePool(TimeProvider time, int jobs = 1)
    {
        _leases =
        [
            .. Enumerable
                .Range(1, jobs)
                .Select(i => new Lease
                {
                    Item = Works.Item(Works.Spec($"image-{i}")),
                    Token = i,
                    ExpiresAt = time.GetUtcNow() - ClockBehind + LeaseDuration,
                    Duration = LeaseDuration,
                }),
        ];
        Ids = [.. _leases.Select(lease => lease.Item.Id)];
        _pool
            .Lease(null!)
            .ReturnsForAnyArgs(_ =>
            {
                Interlocked.Increment(ref _asked);
                var given = _leases;
                _leases = [];
                return given;
            });
        _pool.Renew(null!, default).ReturnsForAnyArgs(call => Task.FromResult(Renew(call.Arg<ImmutableArray<LeaseHold>>())));
        _pool
            .Return(default)
            .ReturnsForAnyArgs(call => Note(call.Arg<ImmutableArray<LeaseHold>>().Select(hold => $"returned {hold.Token}")));
        _pool.Leave(null!).ReturnsForAnyArgs(_ => Note(["left"]));

        Grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).Returns(_pool);
        foreach (var lease in _leases)
        {
            var owner = Substitute.For<IInversionJobGrain>();
            owner.Started(0, "").ReturnsForAnyArgs(call => NoteAnd(AcceptsStart, $"started {call.Arg<long>()}"));
            owner.Progressed(0, null!).ReturnsForAnyArgs(_ => AcceptsProgress);
            owner.Succeeded(0).ReturnsForAnyArgs(call => NoteAnd(true, $"succeeded {call.Arg<long>()}"));
            owner
                .Released(0)
                .ReturnsForAnyArgs(call =>
                    AnswersRelease ? Task.FromResult(NoteAnd(true, $"released {call.Arg<long>()}")) : new TaskCompletionSource<bool>().Task
                );
            owner.Failed(0, null!).ReturnsForAnyArgs(call => NoteAnd(true, $"failed {call.Arg<long>()} {call.Arg<JobFailure>().Name}"));
            Grains.GetGrain<IInversionJobGrain>(lease.Item.Id).Returns(owner);
        }
    }

    private int _asked;

    public static TimeSpan LeaseDuration { get; } = TimeSpan.FromSeconds(30);

    public IGrainFactory Grains { get; } = Substitute.For<IGrainFactory>();

    public string[] Ids { get; }

    public ConcurrentQueue<string> Notes { get; } = [];

    public int Asked => Volatile.Read(ref _asked);

    public bool AcceptsStart { get; init; } = true;

    public bool AcceptsProgress { get; init; } = true;

    public bool AnswersRelease { get; init; } = true;

    public Func<ImmutableArray<LeaseHold>, ImmutableArray<LeaseVerdict>> Renew { get; set; } =
        holds => [.. holds.Select(_ => LeaseVerdict.Held)];

    private Task Note(IEnumerable<string> notes)
    {
        foreach (var note in notes)
            Notes.Enqueue(note);
        return Task.CompletedTask;
    }

    private bool NoteAnd(bool answer, string note)
    {
        Notes.Enqueue(note);
        return answer;
    }
}
