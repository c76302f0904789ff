using System.Collections.Concurrent;
using System.Collections.Immutable;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Tests.Support;

/// <summary>Leased work whose reports are kept for looking at.</summary>
internal sealed class Works : IWorkReports
{
    private static readonly TimeSpan LongTerm = TimeSpan.FromDays(1);

    private long _token;

    public ConcurrentDictionary<string, (WorkOutcome Outcome, JobFailure? Failure)> Outcomes { get; } = [];

    public ConcurrentQueue<(string Id, JobProgress Progress)> Progresses { get; } = [];

    public Action<JobProgress> OnProgress { get; set; } = _ => { };

    public static JobSpec Spec(string imageId, string method = FakeMethod.MethodName, params (string Name, string Value)[] settings) =>
        new()
        {
            GeneratorId = TinyGenerator.Id,
            Task = "inversion",
            Method = method,
            Settings = settings.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal),
            ImageId = imageId,
            Seed = 1,
        };

    public static WorkItem Item(JobSpec spec) =>
        WorkItem.For(
            spec,
            new WorkRequest
            {
                SweepId = "sweep",
                Owner = "owner",
                Priority = 0,
                BytesPerJob = 1,
            }
        );

    public LeasedWork Lease(JobSpec spec) => Lease(Item(spec));

    public LeasedWork Lease(WorkItem item) => Lease(item, new LeaseTerm(TimeProvider.System, LongTerm, TimeProvider.System.GetTimestamp()));

    public LeasedWork Lease(WorkItem item, LeaseTerm term) =>
        new(
            new Lease
            {
                Item = item,
                Token = ++_token,
                ExpiresAt = DateTimeOffset.MaxValue,
                Duration = LongTerm,
            },
            term,
            "test device",
            this
        );

    Task IWorkReports.ProgressAsync(LeasedWork work, JobProgress progress)
    {
        Progresses.Enqueue((work.Item.Id, progress));
        OnProgress(progress);
        return Task.CompletedTask;
    }

    Task IWorkReports.SettleAsync(LeasedWork work, WorkOutcome outcome, JobFailure? failure)
    {
        Outcomes.TryAdd(work.Item.Id, (outcome, failure)).ShouldBeTrue();
        return Task.CompletedTask;
    }
}
