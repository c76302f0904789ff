using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps;

public sealed class SweepRecallTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Recall_StoreDoesNotTellOfAResultWhosePreparationFailedSince_BelievesTheGrain()
    {
        var plan = Plans.Plan(images: 2, subspaces: Plans.Subspaces("learned"));
        var done = plan.Jobs().First().Spec.Id;
        var store = new MoodyStore(new DirectoryArtifactStore(_directory.Path)) { Away = true };
        await store.PutAsync(ArtifactNames.SweepPlan(plan.Id), ArtifactJson.Write(plan));
        var recall = new SweepRecall(new Work(done), store, new SweepOptions(), TimeProvider.System);

        var tracker = (await recall.RecallAsync(plan.Id, new SweepRecord { Phase = SweepPhase.Finished, Round = 1 })).ShouldNotBeNull();

        tracker.Jobs.All.Select(job => job.Status.State).ShouldBe([JobState.Succeeded, JobState.Failed]);
        tracker.Jobs.All.ShouldAllBe(job => job.IsRequested);
    }

    /// <summary>Grains of which one knows that its job succeeded, and whose discovery failed.</summary>
    private sealed class Work(string done) : ISweepWork
    {
        public MembershipVersion Silos => default;

        public Task<JobStatus> AskAsync(SweepJob job, CancellationToken cancellationToken) =>
            Task.FromResult(job.Status with { State = job.Status.Id == done ? JobState.Succeeded : JobState.Cancelled });

        public Task<PreparationStatus> AskAsync(SweepPreparation preparation) =>
            Task.FromResult(preparation.Status with { State = JobState.Failed });

        public Task<JobStatus> EnsureAsync(SweepJob job, WorkRequest request, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<JobStatus> AbandonAsync(SweepJob job, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<PreparationStatus> EnsureAsync(SweepPreparation preparation, WorkRequest request) => throw new NotSupportedException();

        public Task AbandonAsync(SweepPreparation preparation) => throw new NotSupportedException();
    }
}
