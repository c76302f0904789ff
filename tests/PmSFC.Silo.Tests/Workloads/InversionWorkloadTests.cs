using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using PmSFC.Wording;
using TorchSharp;

namespace PmSFC.Silo.Tests.Workloads;

[Collection(TensorsCollection.Name)]
public sealed class InversionWorkloadTests : IAsyncLifetime
{
    private readonly EagerTime _time = new();
    private readonly MemoryStore _store;
    private readonly Works _works = new();
    private Device _device = null!;

    public InversionWorkloadTests() => _store = new MemoryStore(_time);

    public async Task InitializeAsync()
    {
        _device = new Device(
            new DeviceOptions
            {
                Threads = 1,
                StorePatience = TimeSpan.FromMinutes(1),
                Host = nameof(InversionWorkloadTests),
            },
            _time
        );
        await TinyGenerator.Store(_store);
    }

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task Run_ToTheEnd_StoresTheResultLastAndOfWhatIsStored()
    {
        var work = await Lease(1);
        var method = new FakeMethod { Iterations = 1000 };
        await Run(method, work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        var id = work.Item.Id;
        // A preview may be under way meanwhile, and is deleted after the result.
        _store
            .Writes.Where(name => name.StartsWith(ArtifactNames.JobFolder(id), StringComparison.Ordinal))
            .ShouldBe([ArtifactNames.JobReconstruction(id), ArtifactNames.JobCodes(id), ArtifactNames.JobResult(id)]);
        var result = Result(work);
        result.Spec.Id.ShouldBe(id);
        result.Iterations.ShouldBe(1000);
        result.BatchWidth.ShouldBe(2, "a single job runs with a copy of itself");
        result.Losses.Length.ShouldBeInRange(150, 200);
        result.Losses[0].ShouldBe(new LossPoint(1, 1));
        result.Losses[^1].ShouldBe(new LossPoint(1000, 1f / 1000));
        var png = _store[ArtifactNames.JobReconstruction(id)];
        result.ReconstructionSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(png)));
        var target = ImageFile.Decode(_store[ArtifactNames.Image(work.Item.Job!.ImageId)], "target").Image;
        result.Metrics["psnr"].ShouldBe(EngineCatalog.BuiltIn.Metrics["psnr"].Measure(target, ImageFile.Decode(png, "png").Image));
        result.Metrics["ssim"].ShouldBe(EngineCatalog.BuiltIn.Metrics["ssim"].Measure(target, ImageFile.Decode(png, "png").Image));
        _store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_StoppedBeforeItsFirstReport_CountsTheIterationsThatItMade()
    {
        var counted = 0L;
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>(
            (_, iterations, tags, _) =>
            {
                if (tags.Contains(new(PmSFCMetrics.DeviceAttribute, _device.Name)))
                    Interlocked.Add(ref counted, iterations);
            }
        );
        listener.EnableMeasurementEvents(PmSFCMetrics.Iterations);
        LeasedWork[] works = [await Lease(1), await Lease(2)];
        var method = new FakeMethod
        {
            Iterations = 1000,
            BeforeStep = run =>
            {
                if (run.Iteration < 3)
                    return;
                foreach (var work in works)
                    work.RequestStop(StopReason.Draining);
            },
        };
        await Run(method, works);

        _works.Progresses.ShouldBeEmpty();
        counted.ShouldBe(4 * works.Length);
    }

    [Fact]
    public async Task Run_Colorization_StoresTheReconstructionWithTheTargetsLuma()
    {
        var spec = Works.Spec(await TinyGenerator.StoreImage(_store, 1)) with { Task = "colorization" };
        var work = _works.Lease(spec);
        await Run(new FakeMethod(), work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        var target = ImageFile.Decode(_store[ArtifactNames.Image(spec.ImageId)], "target").Image;
        var stored = ImageFile.Decode(_store[ArtifactNames.JobReconstruction(work.Item.Id)], "result").Image;
        stored.ShouldNotBe(target);
        for (var i = 0; i < target.Width * target.Height; i++)
        {
            if (Enumerable.Range(0, 3).All(c => stored.Pixels[3 * i + c] is > 0 and < 255))
                Luma(stored, i).ShouldBe(Luma(target, i), 0.6);
        }

        static double Luma(RgbImage image, int i) =>
            0.299 * image.Pixels[3 * i] + 0.587 * image.Pixels[3 * i + 1] + 0.114 * image.Pixels[3 * i + 2];
    }

    [Fact]
    public async Task Run_InpaintingByAPicture_ReadsItFromTheStore()
    {
        var image = await TinyGenerator.StoreImage(_store, 1);
        var settings = Sweeps.Single("mask", "0123456789abcdef0123456789abcdef").Add("share", "0.25").Add("mask-seed", "0");
        var work = _works.Lease(Works.Spec(image) with { Task = "inpainting", TaskSettings = settings });
        var failure = await Should.ThrowAsync<BadInputException>(() => Run(new FakeMethod(), work));
        failure.Message.ShouldContain("no images/0123456789abcdef0123456789abcdef.png");

        var masked = _works.Lease(Works.Spec(image) with { Task = "inpainting", TaskSettings = settings.SetItem("mask", image) });
        await Run(new FakeMethod(), masked);
        Outcome(masked).Outcome.ShouldBe(WorkOutcome.Succeeded);
    }

    [Fact]
    public async Task Run_DrainedAndRunAgain_GoesOnFromItsCheckpointWithItsTrace()
    {
        var first = await Lease(1);
        await Run(new FakeMethod { Iterations = 100, BeforeStep = run => StopAt(run, 60, first, StopReason.Draining) }, first);

        Outcome(first).Outcome.ShouldBe(WorkOutcome.Released);
        _store.Names.Where(IsCheckpoint).ShouldBe([ArtifactNames.Checkpoint(first.Item.Id, 61)]);

        _works.Outcomes.Clear();
        var again = await Lease(1);
        var begunAt = -1;
        await Run(new FakeMethod { Iterations = 100, BeforeStep = run => begunAt = begunAt < 0 ? run.Iteration : begunAt }, again);

        begunAt.ShouldBe(61);
        var undisturbed = Enumerable.Range(1, 100).Select(i => new LossPoint(i, 1f / i));
        Result(again).Losses.ShouldBe(undisturbed);
    }

    [Fact]
    public async Task Run_LeaseOverByTheSilosOwnClockBeforeAnyAnswerOfThePool_IsLostAndStoresNothing()
    {
        var clock = new FakeTimeProvider();
        var lease = TimeSpan.FromSeconds(30);
        var item = Works.Item(Works.Spec(await TinyGenerator.StoreImage(_store, 1)));
        var work = _works.Lease(item, new LeaseTerm(clock, lease, clock.GetTimestamp()));
        var method = new FakeMethod
        {
            BeforeStep = run =>
            {
                if (run.Iteration == run.Iterations - 1)
                    clock.Advance(lease);
            },
        };
        await Run(method, work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Lost);
        _store.Names.ShouldNotContain(name => name.StartsWith(ArtifactNames.Jobs, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mganprior")]
    [InlineData("pmsfc")]
    public async Task Run_RealMethodDrainedAndRunAgain_GivesTheSameBytes(string method)
    {
        const int StoppedAt = 37;
        var spec = await RealSpec(method);
        LeasedWork[] undisturbed = [.. spec.Select(job => _works.Lease(job))];
        await Run(EngineCatalog.BuiltIn.FindMethod(method)!, undisturbed);
        var expected = undisturbed.ToDictionary(work => work.Item.Id, work => (Result(work), _store[ArtifactNames.JobCodes(work.Item.Id)]));
        foreach (var name in _store.Names.Where(name => name.StartsWith("jobs/", StringComparison.Ordinal)))
            await _store.DeleteAsync(name);
        _works.Outcomes.Clear();

        LeasedWork[] stopped = [.. spec.Select(job => _works.Lease(job))];
        await Run(new HookedMethod((IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(method)!, run =>
            {
                if (run.Iteration != StoppedAt)
                    return;
                foreach (var work in stopped)
                    work.RequestStop(StopReason.Draining);
            }), stopped);
        stopped.ShouldAllBe(work => Outcome(work).Outcome == WorkOutcome.Released);
        _works.Outcomes.Clear();
        LeasedWork[] again = [.. spec.Select(job => _works.Lease(job))];
        await Run(EngineCatalog.BuiltIn.FindMethod(method)!, again);

        foreach (var work in again)
        {
            var (result, codes) = expected[work.Item.Id];
            Result(work).Losses.ShouldBe(result.Losses);
            Result(work).ReconstructionSha256.ShouldBe(result.ReconstructionSha256);
            Result(work).BatchWidth.ShouldBe(spec.Length);
            _store[ArtifactNames.JobCodes(work.Item.Id)].ShouldBe(codes);
        }
    }

    [Fact]
    public async Task Run_PastTheCheckpointInterval_KeepsTheNewestTwo()
    {
        var work = await Lease(1);
        var method = new FakeMethod
        {
            Iterations = 50,
            BeforeStep = run =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                if (run.Iteration == 45)
                    work.RequestStop(StopReason.Draining);
            },
        };
        await Run(method, work);

        _store.Names.Where(IsCheckpoint).ShouldBe([ArtifactNames.Checkpoint(work.Item.Id, 40), ArtifactNames.Checkpoint(work.Item.Id, 46)]);
    }

    [Fact]
    public async Task Run_LeaseLost_WritesNothingMore()
    {
        var work = await Lease(1);
        var before = _store.Writes.Count;
        await Run(new FakeMethod { BeforeStep = run => StopAt(run, 5, work, StopReason.Lost) }, work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Lost);
        _store.Writes.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Run_LeaseLostInTheLastIteration_WritesNoResult()
    {
        var work = await Lease(1);
        var before = _store.Writes.Count;
        await Run(new FakeMethod { Iterations = 10, BeforeStep = run => StopAt(run, 9, work, StopReason.Lost) }, work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Lost);
        _store.Writes.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Run_OneOfTwoCancelled_StopsItWithinOneIterationAtACheckpointAndFinishesTheOther()
    {
        var (one, other) = (await Lease(1), await Lease(2));
        var runs = new List<(int Batch, int Iteration)>();
        var method = new FakeMethod
        {
            BeforeStep = run =>
            {
                StopAt(run, 4, one, StopReason.Cancelled);
                runs.Add((run.BatchSize, run.Iteration));
            },
        };
        await Run(method, one, other);

        Outcome(one).Outcome.ShouldBe(WorkOutcome.Cancelled);
        Outcome(other).Outcome.ShouldBe(WorkOutcome.Succeeded);
        runs.Select(run => run.Iteration).ShouldBe([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        runs.ShouldAllBe(run => run.Batch == 2);
        _store
            .Names.Where(name => name.Contains(one.Item.Id, StringComparison.Ordinal))
            .ShouldBe([ArtifactNames.Checkpoint(one.Item.Id, 5)]);
        Result(other).Losses.Select(point => point.Iteration).ShouldBe(Enumerable.Range(1, 10));
    }

    [Fact]
    public async Task Run_OutOfMemory_HalvesUntilItFits()
    {
        var works = await Task.WhenAll(Enumerable.Range(1, 5).Select(Lease));
        var method = new FakeMethod { LargestBatch = 1 };
        await Run(method, works);

        works.ShouldAllBe(work => Outcome(work).Outcome == WorkOutcome.Succeeded);
        method.Batches.Order().ShouldBe([1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 5]);
    }

    [Fact]
    public async Task Run_OutOfMemoryAlone_FailsByThatName()
    {
        var work = await Lease(1);
        await Run(new FakeMethod { LargestBatch = 0 }, work);

        Outcome(work).Failure!.Name.ShouldBe(FailureName.OutOfMemory);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e6f)]
    public async Task Run_OneDivergesTwice_FailsAloneWhileTheOtherGoesOn(float loss)
    {
        var (one, other) = (await Lease(1), await Lease(2));
        var bad = PmSFC.Abstractions.Identity.ContentId.Seed(one.Item.Id);
        var method = new FakeMethod
        {
            LossAtScale = (seed, iteration, scale) => seed == bad && iteration > (scale < 1 ? 7 : 5) ? loss : 1f / iteration,
        };
        await Run(method, one, other);

        Outcome(one).Failure!.Name.ShouldBe(FailureName.Diverged);
        Outcome(one).Failure!.Message.ShouldContain("at iteration 6, and with half the step size");
        Outcome(one).Failure!.Message.ShouldContain("at iteration 8;");
        Outcome(other).Outcome.ShouldBe(WorkOutcome.Succeeded);
        Result(other).Divergence.ShouldBeNull();
        Result(other).Losses.ShouldBe(Enumerable.Range(1, 10).Select(i => new LossPoint(i, 1f / i)));
        _store.Names.ShouldNotContain(name => name.Contains(one.Item.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_DivergesWithoutACheckpoint_BeginsAnewWithHalfTheStepAndSaysSoInItsResult()
    {
        var work = await Lease(1);
        var scales = new List<double>();
        await Run(
            new FakeMethod
            {
                LossAtScale = (_, iteration, scale) =>
                {
                    scales.Add(scale);
                    return scale == 1 && iteration == 6 ? float.NaN : 1f / iteration;
                },
            },
            work
        );

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        Result(work)
            .Divergence.ShouldBe(
                new JobDivergence
                {
                    Iteration = 6,
                    Loss = double.NaN,
                    RestartedFrom = 0,
                    StepScale = 0.5,
                }
            );
        Result(work).Losses.ShouldBe(Enumerable.Range(1, 10).Select(i => new LossPoint(i, 1f / i)));
        scales.Distinct().ShouldBe([1, 0.5]);
    }

    [Fact]
    public async Task Run_DivergesAfterACheckpointAndIsDrained_GoesOnFromItWithHalfTheStepEverAfter()
    {
        var first = await Lease(1);
        FakeMethod Method(Action<FakeRun> before) =>
            new()
            {
                Iterations = 50,
                LossAtScale = (_, iteration, scale) => scale == 1 && iteration > 25 ? float.NaN : 1f / iteration,
                BeforeStep = before,
            };
        var restarts = new List<int>();
        var last = -1;
        void Count(FakeRun run)
        {
            if (run.Iteration != last + 1)
                restarts.Add(run.Iteration);
            last = run.Iteration;
        }

        await Run(
            Method(run =>
            {
                Count(run);
                _time.Advance(TimeSpan.FromSeconds(1));
                if (restarts.Count == 1)
                    StopAt(run, 40, first, StopReason.Draining);
            }),
            first
        );

        restarts.ShouldBe([20]);
        Outcome(first).Outcome.ShouldBe(WorkOutcome.Released);
        _works.Outcomes.Clear();
        (restarts, last) = ([], -1);
        var again = await Lease(1);
        await Run(Method(Count), again);

        restarts.ShouldBe([41]);
        Result(again)
            .Divergence.ShouldBe(
                new JobDivergence
                {
                    Iteration = 26,
                    Loss = double.NaN,
                    RestartedFrom = 20,
                    StepScale = 0.5,
                }
            );
        Result(again).Losses.ShouldBe(Enumerable.Range(1, 50).Select(i => new LossPoint(i, 1f / i)));
    }

    [Theory]
    [InlineData("mganprior")]
    [InlineData("pmsfc")]
    public async Task Run_RealMethodOneOfTwoBecomesNaN_LeavesTheOtherAsItWouldHaveBeen(string method)
    {
        var specs = await RealSpec(method);
        await Run(EngineCatalog.BuiltIn.FindMethod(method)!, [.. specs.Select(job => _works.Lease(job))]);
        var expected = (Result(specs[1]), _store[ArtifactNames.JobCodes(specs[1].Id)]);
        var undisturbed = Result(specs[0]);
        foreach (var name in _store.Names.Where(name => name.StartsWith("jobs/", StringComparison.Ordinal)))
            await _store.DeleteAsync(name);
        _works.Outcomes.Clear();

        var poisoned = false;
        var hooked = new HookedMethod((IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(method)!, run =>
        {
            if (run.Iteration != 30 || poisoned)
                return;
            poisoned = true;
            run.Restore([Overflowing(run.Checkpoint(0)), run.Checkpoint(1)]);
        });
        await Run(hooked, [.. specs.Select(job => _works.Lease(job))]);

        poisoned.ShouldBeTrue();
        Result(specs[1]).Losses.ShouldBe(expected.Item1.Losses);
        _store[ArtifactNames.JobCodes(specs[1].Id)].ShouldBe(expected.Item2);
        Result(specs[1]).Divergence.ShouldBeNull();
        Result(specs[0]).Divergence!.Iteration.ShouldBe(32);
        double.IsFinite(Result(specs[0]).Divergence!.Loss).ShouldBeFalse();
        Result(specs[0]).Losses[^1].Loss.ShouldBeLessThan(undisturbed.Losses[0].Loss);
        Result(specs[0]).Losses[5].Loss.ShouldNotBe(undisturbed.Losses[5].Loss, "the step size is another");
    }

    [Fact]
    public async Task Run_JobsAtDifferentCheckpoints_RunApart()
    {
        var first = await Lease(1);
        await Run(new FakeMethod { BeforeStep = run => StopAt(run, 5, first, StopReason.Draining) }, first);
        _works.Outcomes.Clear();

        var works = new[] { await Lease(1), await Lease(2), await Lease(3) };
        var method = new FakeMethod();
        await Run(method, works);

        works.ShouldAllBe(work => Outcome(work).Outcome == WorkOutcome.Succeeded);
        method.Batches.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Run_OneOfThreeGoesOnAlone_KeepsTheWidthAtWhichItBegan()
    {
        var first = await Task.WhenAll(Enumerable.Range(1, 3).Select(Lease));
        await RunTo(5, first);
        _works.Outcomes.Clear();
        var method = new FakeMethod();
        await Run(method, await Lease(2));

        method.Batches.ShouldBe([3]);
    }

    [Fact]
    public async Task Run_ManyThatBeganInNarrowRuns_GoOnInRunsOfThatWidth()
    {
        for (var image = 1; image < 5; image += 2)
            await RunTo(5, await Lease(image), await Lease(image + 1));

        _works.Outcomes.Clear();
        var method = new FakeMethod();
        await Run(method, await Task.WhenAll(Enumerable.Range(1, 4).Select(Lease)));

        method.Batches.ShouldBe([2, 2]);
        _works.Outcomes.Values.ShouldAllBe(outcome => outcome.Outcome == WorkOutcome.Succeeded);
    }

    [Fact]
    public async Task Run_CheckpointWiderThanTheMemory_FillsNoMoreThanFits()
    {
        var first = await Task.WhenAll(Enumerable.Range(1, 3).Select(Lease));
        await RunTo(5, first);
        _works.Outcomes.Clear();
        var large = first[0].Item with { Request = first[0].Item.Request with { BytesPerJob = _device.Options.ResolveMemoryBytes() / 2 } };
        var method = new FakeMethod();
        await Run(method, _works.Lease(large));

        method.Batches.ShouldBe([2]);
    }

    [Fact]
    public async Task Run_NewestCheckpointDamaged_DropsItAndGoesOnFromTheOneBefore()
    {
        var first = await Lease(1);
        await Run(new FakeMethod { BeforeStep = run => StopAt(run, 3, first, StopReason.Draining) }, first);
        _works.Outcomes.Clear();
        var damaged = (byte[])_store[ArtifactNames.Checkpoint(first.Item.Id, 4)].Clone();
        damaged[^1] ^= 1;
        _store[ArtifactNames.Checkpoint(first.Item.Id, 7)] = damaged;

        var again = await Lease(1);
        var begunAt = -1;
        await Run(new FakeMethod { BeforeStep = run => begunAt = begunAt < 0 ? run.Iteration : begunAt }, again);

        begunAt.ShouldBe(4);
        Outcome(again).Outcome.ShouldBe(WorkOutcome.Succeeded);
    }

    [Fact]
    public async Task Run_CheckpointThatTheEngineRefuses_StartsAnew()
    {
        var work = await Lease(1);
        _store[ArtifactNames.Checkpoint(work.Item.Id, 7)] = new JobCheckpoint
        {
            Iteration = 7,
            Losses = [],
            DeviceSeconds = 1,
            State = "nonsense"u8.ToArray(),
        }.Encode();
        var begunAt = -1;
        await Run(new FakeMethod { BeforeStep = run => begunAt = begunAt < 0 ? run.Iteration : begunAt }, work);

        begunAt.ShouldBe(0);
        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        _store.Names.ShouldNotContain(name => IsCheckpoint(name));
    }

    [Fact]
    public async Task Run_StoreAwayForAWhile_WaitsThenGoesOn()
    {
        var work = await Lease(1);
        _store.Refused = name => name.StartsWith("jobs/", StringComparison.Ordinal);
        _store.Refusals = 5;
        var began = _time.GetUtcNow();
        await Run(new FakeMethod(), work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        (_time.GetUtcNow() - began).ShouldBe(TimeSpan.FromSeconds(0.2 + 0.4 + 0.8 + 1.6 + 3.2));
    }

    [Fact]
    public async Task Run_StoreFullForLongerThanThePatience_KeepsTheResultAndSaysWhyItWaits()
    {
        var work = await Lease(1);
        _store.Refused = name => name == ArtifactNames.JobReconstruction(work.Item.Id);
        (_store.Refusal, _store.Refusals) = (StoreFailure.Full, 100);
        var began = _time.GetUtcNow();
        await Run(new FakeMethod(), work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        (_time.GetUtcNow() - began).ShouldBeGreaterThan(TimeSpan.FromMinutes(7));
        _works
            .Progresses.TakeLast(2)
            .Select(report => report.Progress.HeldUpBy)
            .ShouldBe(["the store answers 503: wait, or look at its status page.", null]);
        Result(work).Iterations.ShouldBe(10);
    }

    [Theory]
    [InlineData(StoreFailure.Unavailable)]
    [InlineData(StoreFailure.Refused)]
    public async Task Run_StoreAwayForLonger_FailsByThatName(StoreFailure refusal)
    {
        var work = await Lease(1);
        _store.Refusal = refusal;
        _store.Refused = name => name.StartsWith("jobs/", StringComparison.Ordinal);
        var method = new FakeMethod { BeforeStep = _ => _store.Refusals = int.MaxValue };
        var began = _time.GetUtcNow();
        await Run(method, work);

        Outcome(work).Failure!.Name.ShouldBe(FailureName.StoreUnavailable);
        Outcome(work).Failure!.Message.ShouldContain("503");
        (_time.GetUtcNow() - began).ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Run_CheckpointsCannotBeStored_GoesOnWithoutThem()
    {
        var work = await Lease(1);
        _store.Refused = name => IsCheckpoint(name) && name.Length > ArtifactNames.Checkpoints(work.Item.Id).Length;
        _store.Refusals = int.MaxValue;
        await Run(new FakeMethod { Iterations = 30, BeforeStep = _ => _time.Advance(TimeSpan.FromSeconds(2)) }, work);

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
    }

    [Fact]
    public async Task Run_ImageMissingOrDamaged_FailsThatJobAlone()
    {
        var good = await Lease(1);
        var missing = _works.Lease(Works.Spec("0123456789abcdef"));
        var damagedId = await TinyGenerator.StoreImage(_store, 9);
        _store[ArtifactNames.Image(damagedId)] = _store[ArtifactNames.Image(damagedId)][..40];
        var damaged = _works.Lease(Works.Spec(damagedId));
        await Run(new FakeMethod(), good, missing, damaged);

        Outcome(good).Outcome.ShouldBe(WorkOutcome.Succeeded);
        Outcome(missing).Failure!.Name.ShouldBe(FailureName.BadInput);
        Outcome(damaged).Failure!.Name.ShouldBe(FailureName.BadInput);
    }

    [Fact]
    public async Task Run_AnotherAttemptStoredTheSameMeanwhile_IsNoConflict()
    {
        var (first, late) = (await Lease(1), await Lease(1));
        await Run(new FakeMethod(), first);
        var (png, result) = (_store[ArtifactNames.JobReconstruction(first.Item.Id)], _store[ArtifactNames.JobResult(first.Item.Id)]);
        await _store.DeleteAsync(ArtifactNames.JobResult(first.Item.Id));
        _works.Outcomes.Clear();
        await Run(new FakeMethod { BeforeStep = _ => _store[ArtifactNames.JobResult(first.Item.Id)] = result }, late);

        Outcome(late).Outcome.ShouldBe(WorkOutcome.Succeeded);
        _store[ArtifactNames.JobReconstruction(first.Item.Id)].ShouldBe(png);
        _store[ArtifactNames.JobResult(first.Item.Id)].ShouldBe(result);
        _store.Names.ShouldNotContain(name => name.StartsWith(ArtifactNames.Conflicts, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("before its result")]
    [InlineData("with its result")]
    public async Task Run_AnotherAttemptStoredADifferentReconstruction_KeepsThatAndReportsTheConflict(string far)
    {
        var work = await Lease(1);
        var id = work.Item.Id;
        var other = ImageFile.EncodePng(
            new RgbImage(
                TinyGenerator.Resolution,
                TinyGenerator.Resolution,
                new byte[3 * TinyGenerator.Resolution * TinyGenerator.Resolution]
            )
        );
        var result = ArtifactJson.Write(
            new JobResult
            {
                JobId = id,
                Spec = work.Item.Job!,
                Metrics = ImmutableSortedDictionary<string, double>.Empty,
                Losses = [],
                Iterations = 1,
                DeviceSeconds = 1,
                Device = "another device",
                ReconstructionSha256 = Sha256Text.Of(other),
                ProductVersion = "1",
            }
        );
        await Run(
            new FakeMethod
            {
                BeforeStep = _ =>
                {
                    _store[ArtifactNames.JobReconstruction(id)] = other;
                    if (far == "with its result")
                        _store[ArtifactNames.JobResult(id)] = result;
                },
            },
            work
        );

        Outcome(work).Outcome.ShouldBe(WorkOutcome.Succeeded);
        _store[ArtifactNames.JobReconstruction(id)].ShouldBe(other);
        var stored = Convert.ToHexStringLower(SHA256.HashData(other));
        if (far == "with its result")
            _store[ArtifactNames.JobResult(id)].ShouldBe(result);
        else
            Result(work).ReconstructionSha256.ShouldBe(stored);
        var name = _store.Names.Single(name => name.StartsWith(ArtifactNames.Conflicts, StringComparison.Ordinal));
        ArtifactNames.ConflictOf(name).ShouldBe(id);
        var conflict = ArtifactJson.Read<JobConflict>(_store[name]);
        (conflict.JobId, conflict.StoredSha256, conflict.Device).ShouldBe((id, stored, "test device"));
        conflict.RefusedSha256.ShouldNotBe(stored);
    }

    [Fact]
    public async Task Run_ResultStoredAlready_SucceedsWithoutTheDevice()
    {
        var work = await Lease(1);
        await Run(new FakeMethod(), work);
        _works.Outcomes.Clear();
        var again = await Lease(1);
        var method = new FakeMethod();
        await Run(method, again);

        Outcome(again).Outcome.ShouldBe(WorkOutcome.Succeeded);
        method.Batches.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_UnforeseenError_IsABugWithItsMessage()
    {
        var work = await Lease(1);
        await Run(new FakeMethod { BeforeStep = _ => throw new InvalidOperationException("the shapes differ\n   at somewhere") }, work);

        var failure = Outcome(work).Failure!;
        failure.Name.ShouldBe(FailureName.Bug);
        failure.Message.ShouldBe("InvalidOperationException: the shapes differ");
    }

    [Fact]
    public async Task Run_DeviceIsLost_ThrowsAndBlamesNoJob()
    {
        var works = new[] { await Lease(1), await Lease(2) };
        var method = new FakeMethod
        {
            BeforeStep = run =>
            {
                if (run.Iteration == 3)
                    throw new ExternalException("CUDA error: an illegal memory access was encountered");
            },
        };

        await Should.ThrowAsync<ExternalException>(() => Run(method, works));

        _works.Outcomes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_OfEveryKind_LeavesNoTensorBehind()
    {
        await Run(new FakeMethod(), await Lease(100));
        var alive = torch.Tensor.TotalCount;

        var (cancelled, diverged, drained) = (await Lease(1), await Lease(2), await Lease(3));
        var bad = PmSFC.Abstractions.Identity.ContentId.Seed(diverged.Item.Id);
        var method = new FakeMethod
        {
            LargestBatch = 3,
            Loss = (seed, iteration) => seed == bad && iteration > 5 ? float.NaN : 1,
            BeforeStep = run =>
            {
                StopAt(run, 3, cancelled, StopReason.Cancelled);
                StopAt(run, 8, drained, StopReason.Draining);
            },
        };
        await Run(method, cancelled, diverged, drained, await Lease(4), await Lease(5));

        torch.Tensor.TotalCount.ShouldBe(alive);
    }

    private static bool IsCheckpoint(string name) => name.StartsWith("checkpoints/", StringComparison.Ordinal);

    private static void StopAt(FakeRun run, int iteration, LeasedWork work, StopReason reason)
    {
        if (run.Iteration == iteration)
            work.RequestStop(reason);
    }

    private Task RunTo(int iteration, params LeasedWork[] works) =>
        Run(
            new FakeMethod
            {
                BeforeStep = run =>
                {
                    foreach (var work in works)
                        StopAt(run, iteration, work, StopReason.Draining);
                },
            },
            works
        );

    private async Task<LeasedWork> Lease(int image) => _works.Lease(Works.Spec(await TinyGenerator.StoreImage(_store, image)));

    private async Task<JobSpec[]> RealSpec(string methodName)
    {
        var method = EngineCatalog.BuiltIn.FindMethod(methodName)!;
        var settings = method
            .Settings.Resolve(
                null,
                new Dictionary<string, string>
                {
                    ["iterations"] = "80",
                    ["split"] = "3",
                    ["codes"] = "2",
                    ["perceptual"] = "none",
                }
            )
            .Settings!;
        string? subspaces = null;
        if (method.UsesSubspaces)
        {
            subspaces = "0123456789abcdef";
            var random = new RandomPartitionDiscovery();
            using var generator = EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").Load(torch.CPU);
            using var run = random.Start(
                generator,
                random.Settings.Resolve(null, new Dictionary<string, string> { ["subspaces"] = "3" }).Settings!,
                seed: 1
            );
            run.Step();
            _store[ArtifactNames.SubspaceSet(subspaces)] = run.Finish().ToJson();
        }

        string[] images = [await TinyGenerator.StoreImage(_store, 1), await TinyGenerator.StoreImage(_store, 2)];
        return
        [
            .. images.Select(image =>
                Works.Spec(image, methodName, [.. settings.Select(setting => (setting.Key, setting.Value))]) with
                {
                    SubspaceSetId = subspaces,
                }
            ),
        ];
    }

    private Task Run(IInversionMethod method, params LeasedWork[] works) =>
        new InversionWorkload(
            _store,
            EngineCatalog.BuiltIn with
            {
                Methods = [method],
            },
            _time,
            NullLogger<InversionWorkload>.Instance
        ).RunAsync(new WorkBatch(_device, works), default);

    private (WorkOutcome Outcome, JobFailure? Failure) Outcome(LeasedWork work) => _works.Outcomes[work.Item.Id];

    private JobResult Result(LeasedWork work) => Result(work.Item.Job!);

    private JobResult Result(JobSpec spec) => ArtifactJson.Read<JobResult>(_store[ArtifactNames.JobResult(spec.Id)]);

    /// <summary>A checkpoint from which the next step of Adam leaves the numbers: its mean gradients are as large as a number can be.</summary>
    private static byte[] Overflowing(byte[] checkpoint)
    {
        var data = 8 + (int)System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(checkpoint);
        using var header = System.Text.Json.JsonDocument.Parse(checkpoint.AsMemory(8, data - 8));
        foreach (var tensor in header.RootElement.EnumerateObject().Where(tensor => tensor.Name.EndsWith(".m", StringComparison.Ordinal)))
        {
            var ends = tensor.Value.GetProperty("data_offsets");
            for (var at = ends[0].GetInt32(); at < ends[1].GetInt32(); at += sizeof(float))
                BitConverter.TryWriteBytes(checkpoint.AsSpan(data + at), float.MaxValue);
        }

        return checkpoint;
    }
}
