using System.Diagnostics;
using Orleans.Core.Internal;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Tests;

[Collection(TensorsCollection.Name)]
public sealed class EmbeddedClusterTests
{
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Sweep_TwoImagesByTwoMethods_GivesResultsWhoseMetricsAreThoseOfTheStoredImages()
    {
        var store = new MemoryStore();
        var images = await Prepare(store, 2);
        var alive = torch.Tensor.TotalCount;
        SweepPlan plan;
        await using (var cluster = await Start(store))
        {
            plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, Sweeps.Pmsfc(40), Sweeps.Mganprior(40)));
            await Sweeps.Run(cluster, plan, e => e.Finished);
            (await cluster.Grains.GetGrain<ISweepGrain>(plan.Id).GetStatus())!.Failures.ShouldBeEmpty();
        }

        var results = await Sweeps.Results(store, plan);
        results.Count.ShouldBe(4);
        foreach (var result in results.Values)
        {
            var target = ImageFile.Decode(store[ArtifactNames.Image(result.Spec.ImageId)], "target").Image;
            var reconstruction = ImageFile.Decode(store[ArtifactNames.JobReconstruction(result.JobId)], "reconstruction").Image;
            result.Metrics["psnr"].ShouldBe(Psnr(target, reconstruction), 1e-9);
            result.Losses[^1].Iteration.ShouldBe(40);
            result.Losses[^1].Loss.ShouldBeLessThan(result.Losses[0].Loss);
        }

        var set = plan.Cells[0].Subspaces!.Id;
        new[] { ArtifactNames.SubspaceSet(set), ArtifactNames.SubspaceCoefficients(set), ArtifactNames.SubspaceAffinity(set) }.ShouldAllBe(
            name => store.Has(name)
        );
        store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
        torch.Tensor.TotalCount.ShouldBe(alive);
    }

    [Fact]
    public async Task Sweep_OfMethodsThatNeedAnEncoder_TrainsItOnceAndStartsThere()
    {
        var store = new MemoryStore();
        var images = await Prepare(store, 2);
        var training = new TrainingSpec { Settings = Sweeps.Settings(("iterations", ["30"]), ("batch", ["2"]), ("width", ["4"])) };
        SweepPlan plan;
        await using (var cluster = await Start(store))
        {
            MethodSpec[] methods = [Sweeps.GenVisMani(0), Sweeps.GenVisMani(20), Sweeps.GenVisMani(20) with { Method = "invert-layers" }];
            plan = await Sweeps.Plan(
                cluster,
                Sweeps.Spec(images, [.. methods.Select((method, i) => method with { Label = $"{i}", Network = training })])
            );
            await Sweeps.Run(cluster, plan, e => e.Finished);
            (await cluster.Grains.GetGrain<ISweepGrain>(plan.Id).GetStatus())!.Failures.ShouldBeEmpty();
        }

        var network = plan.Cells.Select(cell => cell.Network!.Id).Distinct().ShouldHaveSingleItem();
        new[] { ArtifactNames.NetworkCard(network), ArtifactNames.NetworkWeights(network) }.ShouldAllBe(name => store.Has(name));
        store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
        var results = (await Sweeps.Results(store, plan)).Values.ToArray();
        results.ShouldAllBe(result => result.Spec.NetworkId == network);
        foreach (var image in images)
        {
            var (alone, optimized) = (Of("0"), Of("1"));
            alone.Losses.ShouldHaveSingleItem().ShouldBe(new LossPoint(0, optimized.Losses[0].Loss));
            optimized.Losses[^1].Loss.ShouldBeLessThan(alone.Losses[0].Loss);

            JobResult Of(string label) =>
                results.Single(result =>
                    result.Spec.ImageId == image
                    && result.JobId == plan.Jobs().Single(job => job.Cell.Label == label && job.Image.Id == image).Spec.Id
                );
        }
    }

    [Fact]
    public async Task Sweep_StoppedInTheMiddleAndStartedAgain_EndsAsIfUndisturbed()
    {
        const int Iterations = 500;
        var (disturbed, undisturbed) = (new MemoryStore(), new MemoryStore());
        var images = await Prepare(disturbed, 2);
        await Prepare(undisturbed, 2);
        SweepPlan plan;
        TimeSpan stopping;

        // The search rests between its iterations, so that it is not at its end when the cluster stops.
        var resting = EngineCatalog.BuiltIn with
        {
            Methods = [new HookedMethod(new MganpriorMethod(), _ => Thread.Sleep(Rest)), .. EngineCatalog.BuiltIn.Methods],
        };
        await using (var cluster = await Start(disturbed, resting))
        {
            plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, Sweeps.Mganprior(Iterations)));
            await Sweeps.Run(cluster, plan, e => e.Job is { State: JobState.Running, Progress.Iteration: > 0 and < Iterations - 100 });
            var began = Stopwatch.GetTimestamp();
            await cluster.DisposeAsync();
            stopping = Stopwatch.GetElapsedTime(began);
        }

        stopping.ShouldBeLessThan(TimeSpan.FromSeconds(20));
        var checkpoints = disturbed.Names.Where(name => name.StartsWith("checkpoints/", StringComparison.Ordinal)).ToArray();
        checkpoints.ShouldNotBeEmpty();
        disturbed.Names.ShouldNotContain(name => name.EndsWith("/result.json", StringComparison.Ordinal));

        await using (var cluster = await Start(disturbed))
            await Sweeps.Run(cluster, plan, e => e.Finished);
        await using (var cluster = await Start(undisturbed))
            await Sweeps.Run(cluster, plan, e => e.Finished);

        var (resumed, expected) = (await Sweeps.Results(disturbed, plan), await Sweeps.Results(undisturbed, plan));
        foreach (var (id, result) in resumed)
        {
            result.Losses.ShouldBe(expected[id].Losses);
            result.ReconstructionSha256.ShouldBe(expected[id].ReconstructionSha256);
        }
    }

    /// <summary>The first job is one of both sweeps, so that its end is reported to the interrupted one too.</summary>
    [Fact]
    public async Task Sweep_AfterAnotherWasInterrupted_LeavesThatOneUntilItIsStartedAgain()
    {
        var store = new MemoryStore();
        var images = await Prepare(store, 3);
        var resting = EngineCatalog.BuiltIn with
        {
            Methods = [new HookedMethod(new MganpriorMethod(), _ => Thread.Sleep(Rest)), .. EngineCatalog.BuiltIn.Methods],
        };
        SweepPlan interrupted,
            other;
        await using (var cluster = await Start(store, resting))
        {
            interrupted = await Sweeps.Plan(cluster, Sweeps.Spec(images, Sweeps.Mganprior(500)));
            await Sweeps.Run(cluster, interrupted, e => e.Job is { State: JobState.Running, Progress.Iteration: > 0 });
        }

        await using (var cluster = await Start(store))
        {
            other = await Sweeps.Plan(cluster, Sweeps.Spec(images.Take(1), Sweeps.Mganprior(500)));
            await Sweeps.Run(cluster, other, e => e.Finished);
            var left = (await cluster.Grains.GetGrain<ISweepGrain>(interrupted.Id).GetStatus()).ShouldNotBeNull();

            left.Reason.ShouldBe("ran in a process that is gone; 'sweep resume' goes on with it");
            other.Jobs().Single().Spec.Id.ShouldBe(interrupted.Jobs().First().Spec.Id);
            store.Names.Count(name => name.EndsWith("/result.json", StringComparison.Ordinal)).ShouldBe(1);

            await Sweeps.Run(cluster, interrupted, e => e.Finished);
            (await cluster.Grains.GetGrain<ISweepGrain>(interrupted.Id).GetStatus()).ShouldNotBeNull().Reason.ShouldBeNull();
        }

        (await Sweeps.Results(store, interrupted)).Count.ShouldBe(3);
    }

    /// <summary>As it is after the store has refused a record that another activation changed: this one is given up, and the sweep is the process's own.</summary>
    [Fact]
    public async Task Sweep_WhoseActivationIsGivenUpWhileItRuns_GoesOnByItself()
    {
        var store = new MemoryStore();
        var images = await Prepare(store, 2);
        var resting = EngineCatalog.BuiltIn with
        {
            Methods = [new HookedMethod(new MganpriorMethod(), _ => Thread.Sleep(Rest)), .. EngineCatalog.BuiltIn.Methods],
        };
        await using var cluster = await Start(store, resting);
        var plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, Sweeps.Mganprior(200)));
        await Sweeps.Run(cluster, plan, e => e.Job is { State: JobState.Running, Progress.Iteration: > 0 });
        var grain = cluster.Grains.GetGrain<ISweepGrain>(plan.Id);

        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle();

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        (await grain.Watch(0, patience.Token).AnyAsync(e => e.Finished, patience.Token)).ShouldBeTrue();
        (await Sweeps.Results(store, plan)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Sweep_OnTwoDevices_UsesBothAndSaysWhichDidWhat()
    {
        var store = new MemoryStore();
        var images = await Prepare(store, 4);
        // One device waits at its first job until the other has begun one: both must work for the sweep to end.
        using var bothWork = new Barrier(2);
        var met = 0;
        void Meet()
        {
            if (Interlocked.Increment(ref met) <= 2)
                bothWork.SignalAndWait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
        }

        var devices = new[] { "one", "two" }
            .Select(host => new DeviceOptions
            {
                Host = host,
                Threads = 1,
                MaximumBatch = 1,
            })
            .ToArray();
        SweepPlan plan;
        await using (
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Store = store,
                    Devices = devices,
                    // The first of a name is the one that workloads take.
                    Engine = EngineCatalog.BuiltIn with
                    {
                        Methods = [new HookedMethod(new MganpriorMethod(), _ => Meet()), .. EngineCatalog.BuiltIn.Methods],
                    },
                }
            )
        )
        {
            cluster.Devices.ShouldBe(devices);
            plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, Sweeps.Mganprior(3)));
            await Sweeps.Run(cluster, plan, e => e.Finished);
        }

        (await Sweeps.Results(store, plan))
            .Values.Select(result => result.Device)
            .Distinct()
            .Order()
            .ShouldBe(["cpu (1 threads) on one", "cpu (1 threads) on two"]);
    }

    [Fact]
    public async Task StartAsync_TwiceInOneProcess_GivesTwoClusters()
    {
        var (one, other) = (new MemoryStore(), new MemoryStore());
        var images = await Prepare(one, 1);
        await Prepare(other, 1);
        await using var first = await Start(one);
        await using var second = await Start(other);
        var plan = await Sweeps.Plan(first, Sweeps.Spec(images, Sweeps.Mganprior(5)));

        await Task.WhenAll(Sweeps.Run(first, plan, e => e.Finished), Sweeps.Run(second, plan, e => e.Finished));

        (await Sweeps.Results(one, plan)).Count.ShouldBe(1);
        (await Sweeps.Results(other, plan)).Count.ShouldBe(1);
    }

    private static Task<EmbeddedCluster> Start(IArtifactStore store, EngineCatalog? engine = null) =>
        EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions
            {
                Store = store,
                Engine = engine ?? EngineCatalog.BuiltIn,
                Devices = [new DeviceOptions { Threads = 1, ProgressInterval = TimeSpan.FromMilliseconds(50) }],
            }
        );

    private static async Task<string[]> Prepare(MemoryStore store, int images)
    {
        await TinyGenerator.Store(store);
        var ids = new List<string>();
        for (var i = 0; i < images; i++)
            ids.Add(await TinyGenerator.StoreImage(store, i));
        return [.. ids];
    }

    private static double Psnr(RgbImage a, RgbImage b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Pixels.Length; i++)
            sum += Math.Pow(a.Pixels[i] - b.Pixels[i], 2);
        return 10 * Math.Log10(255.0 * 255 / (sum / a.Pixels.Length));
    }
}
