using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Grains.Stored;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Stored;

/// <summary>What grains have stored is read without them, whichever version stored it.</summary>
public sealed class StoredGrainsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly IArtifactStore _store;
    private readonly StoredGrains _grains;

    public StoredGrainsTests()
    {
        _store = new DirectoryArtifactStore(_directory.Path);
        _grains = new StoredGrains(_store);
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("work.json", null, null)]
    [InlineData("work-traced.json", "00112233445566778899aabbccddeeff", "2026-01-02T03:04:05Z")]
    public async Task ReadJob_FileOfAnEarlierVersion_IsItsStatus(string file, string? traceId, string? since)
    {
        await Put("state/inversionjob/job/j", GoldenFile.Read(file));

        (await _grains.ReadJobAsync("j")).ShouldBe(
            new StoredJob(
                "state/inversionjob/job/j",
                new JobStatus
                {
                    Id = "j",
                    State = JobState.Running,
                    Attempts = 2,
                    Failure = new JobFailure { Name = FailureName.Bug, Message = "It went wrong." },
                    Device = "cpu on host-1",
                    TraceId = traceId,
                    Since = since is null ? null : DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture),
                },
                IsDamaged: false
            )
        );
    }

    [Theory]
    [InlineData("sweep.json", null)]
    [InlineData("sweep-paused.json", "It is paused: go on with `sweep resume`.")]
    public async Task ReadSweepReason_FileOfAnEarlierVersion_IsItsReason(string file, string? reason)
    {
        await Put("state/sweep/sweep/s", GoldenFile.Read(file));

        (await _grains.ReadSweepReasonAsync("s")).ShouldBe(reason);
    }

    [Fact]
    public async Task Read_NothingStored_IsNothing()
    {
        (await _grains.ReadJobAsync("j")).ShouldBe(new StoredJob("state/inversionjob/job/j", null, IsDamaged: false));
        (await _grains.ReadSweepReasonAsync("s")).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"State":"Asleep"}""")]
    [InlineData("""{"Attempts":"many"}""")]
    public async Task ReadJob_NoRecordOfAJob_IsDamaged(string content)
    {
        await Put("state/inversionjob/job/j", System.Text.Encoding.UTF8.GetBytes(content));

        (await _grains.ReadJobAsync("j")).ShouldBe(new StoredJob("state/inversionjob/job/j", null, IsDamaged: true));
    }

    [Fact]
    public async Task Read_RecordOfALaterFormat_IsRefused()
    {
        await Put("state/inversionjob/job/j", """{"Format":2}"""u8.ToArray());
        await Put("state/sweep/sweep/s", """{"Format":2}"""u8.ToArray());

        (await Should.ThrowAsync<StoreException>(() => _grains.ReadJobAsync("j"))).Kind.ShouldBe(StoreFailure.Newer);
        (await Should.ThrowAsync<StoreException>(() => _grains.ReadSweepReasonAsync("s"))).Kind.ShouldBe(StoreFailure.Newer);
    }

    [Fact]
    public async Task Read_WhatGrainsStored_IsWhatTheySay()
    {
        await using var silos = await TestSilos.StartAsync(_directory.Path, store: _store);
        var plan = Plans.Plan(images: 2);
        await silos.Sweep(plan.Id).Start(plan, null);
        var worker = new FakeWorker(silos, "w", batch: 1)
        {
            Outcome = _ => new JobFailure { Name = FailureName.BadInput, Message = "The image is gray." },
        };
        var lease = (await Eventually.Get(worker.Lease, leases => leases.Length == 1))[0];
        await worker.Owner(lease.Item).Started(lease.Token, "cpu on host-1");
        await worker.Finish(lease);
        var reason = (await silos.Sweep(plan.Id).Pause()).Reason;

        var stored = await _grains.ReadJobAsync(lease.Item.Id);

        stored.Status.ShouldNotBeNull().ShouldBe(await silos.Job(lease.Item.Id).GetStatus());
        (stored.Status.State, stored.Status.Attempts, stored.Status.Device).ShouldBe((JobState.Failed, 1, "cpu on host-1"));
        reason.ShouldNotBeNull();
        (await _grains.ReadSweepReasonAsync(plan.Id)).ShouldBe(reason);
    }

    private async Task Put(string name, byte[] content) => (await _store.ReplaceAsync(name, content, ifMatchEtag: null)).ShouldNotBeNull();
}
