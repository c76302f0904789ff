using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Devices;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Grains.Work;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Formats;

/// <summary>What grains of one version store, those of the next go on with.</summary>
public sealed class RecordFormatTests : IDisposable
{
    private const string Later = """{"Format":2,"Phase":"Paused by the moon","Epoch":"many"}""";

    private static readonly JobSpec Job = new()
    {
        GeneratorId = "g",
        Task = "inversion",
        Method = "pmsfc",
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("codes", "5"),
        ImageId = "i",
        Seed = 7,
    };

    private static readonly WorkRecord Work = new WorkRecord()
        .Want(
            WorkItem.For(
                Job,
                new WorkRequest
                {
                    SweepId = "s",
                    Owner = "ann",
                    Priority = 2,
                    BytesPerJob = 3,
                    TraceParent = "00-0-0-00",
                    Round = 1,
                }
            )
        )
        .Renew()
        .Begin(1, "d")
        .Fail(1, new JobFailure { Name = FailureName.Bug, Message = "It went wrong." })
        .Begin(1L << 32, "cpu on host-1");

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task WriteState_WorkRecord_IsTheFileAndReadsToTheSameWork()
    {
        var read = await RoundTrip("work", Work);

        read.Item!.Job!.Id.ShouldBe(Job.Id);
        read.Attempts.ShouldBe(2);
        read.FailedAttempts.ShouldBe([new(FailureName.Bug, 1)]);
        read.Wanted["s"].ShouldBe(Work.Wanted["s"]);
        (read.State, read.Token, read.Holds, read.Device, read.Failure).ShouldBe(
            (Work.State, Work.Token, Work.Holds, Work.Device, Work.Failure)
        );
    }

    [Fact]
    public async Task WriteState_WorkRecordOfATracedAttempt_IsTheFileAndReadsToTheSameWork()
    {
        var traced = Work with
        {
            TraceId = "00112233445566778899aabbccddeeff",
            Since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        };

        var read = await RoundTrip("work-traced", traced);

        (read.TraceId, read.Since).ShouldBe((traced.TraceId, traced.Since));
    }

    [Fact]
    public async Task WriteState_SweepRecord_IsTheFile()
    {
        var record = new SweepRecord
        {
            Phase = SweepPhase.Running,
            Round = 2,
            TraceParent = "00-0-0-00",
        };
        (await RoundTrip("sweep", record)).ShouldBe(record);
    }

    [Fact]
    public async Task WriteState_SweepRecordOfAPausedSweep_IsTheFile()
    {
        var record = new SweepRecord
        {
            Phase = SweepPhase.Paused,
            Round = 2,
            TraceParent = "00-0-0-00",
            FailureBudget = new FailureBudget { Amount = 10, Unit = FailureBudgetUnit.Percent },
            Reason = "It is paused: go on with `sweep resume`.",
            Priority = 7,
        };
        (await RoundTrip("sweep-paused", record)).ShouldBe(record);
    }

    [Fact]
    public async Task WriteState_DevicePoolRecord_IsTheFile()
    {
        var record = new DevicePoolRecord { Epoch = 3 };
        (await RoundTrip("pool", record)).ShouldBe(record);
    }

    [Fact]
    public async Task GetStatus_RecordOfALaterFormat_IsRefusedInASentenceAndKept()
    {
        await using var silos = await TestSilos.StartAsync(_directory.Path);
        var plan = Plans.Plan(images: 1);
        var name = await PutLater(silos.Store, "sweep", "sweep", plan.Id);

        var refusal = await Should.ThrowAsync<OrleansException>(() => silos.Sweep(plan.Id).Start(plan, null));

        Sentence(refusal)
            .ShouldBe(
                $"the record {name} in the store ({silos.Store.Description}) is of format 2, which a later version of this product wrote, and this one reads formats up to 1: use that version; nothing was changed."
            );
        Encoding.UTF8.GetString((await silos.Store.ReadAsync(name))!.Content.Span).ShouldBe(Later);
    }

    [Fact]
    public async Task Start_JobAndAnotherSweepOfALaterFormat_WaitsForTheOneAndLooksAfterTheRest()
    {
        await using var silos = await TestSilos.StartAsync(_directory.Path);
        var (plan, foreign) = (Plans.Plan(images: 3), Plans.Plan(images: 4));
        var (bad, good) = (plan.Jobs().First().Spec.Id, plan.Jobs().Skip(1).Select(job => job.Spec.Id).ToArray());
        var name = await PutLater(silos.Store, "inversionjob", "job", bad);
        await PutLater(silos.Store, "sweep", "sweep", foreign.Id);
        await silos.Store.WriteOnceAsync(ArtifactNames.SweepPlan(foreign.Id), """{"format":2}"""u8.ToArray());
        await using var worker = new FakeWorker(silos, "w").Start();
        await silos.Sweep(plan.Id).Start(plan, null);

        var status = await Eventually.Get(
            async () => (await silos.Sweep(plan.Id).GetStatus())!,
            s => s.Count(JobState.Succeeded) == 2 && s.Waiting.Any(reason => reason.Key.Contains("format 2", StringComparison.Ordinal))
        );

        status.Finished.ShouldBeFalse();
        status.Waiting.ShouldHaveSingleItem().Key.ShouldStartWith($"the record {name} in the store");
        await worker.LeaveAsync();
        worker.Accepted.Keys.ShouldBe(good, ignoreOrder: true);
        Encoding.UTF8.GetString((await silos.Store.ReadAsync(name))!.Content.Span).ShouldBe(Later);
    }

    private static async Task<string> PutLater(IArtifactStore store, string grain, string state, string key)
    {
        var name = ArtifactNames.State(grain, state, key);
        await store.ReplaceAsync(name, Encoding.UTF8.GetBytes(Later), ifMatchEtag: null);
        return name;
    }

    private static string Sentence(Exception failure) => failure is StoreException ? failure.Message : Sentence(failure.InnerException!);

    private async Task<T> RoundTrip<T>(string file, T record)
    {
        var store = new DirectoryArtifactStore(_directory.Path);
        var storage = new ArtifactGrainStorage(store, null!, NullLogger<ArtifactGrainStorage>.Instance);
        var id = GrainId.Create("golden", file);
        var name = ArtifactNames.State("golden", "state", file);
        await storage.WriteStateAsync("state", id, new GrainState<T>(record));
        GoldenFile.ShouldHold($"{file}.json", (await store.ReadAsync(name))!.Content);

        var state = new GrainState<T>();
        await storage.ReadStateAsync("state", id, state);
        return state.State!;
    }
}
