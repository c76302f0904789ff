using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Metrics;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Measuring;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Verifying;

/// <summary>Results that prove themselves: what is damaged is named, and a start makes that again and nothing else.</summary>
[Collection(TensorsCollection.Name)]
public sealed class SweepVerificationTests
{
    [Fact]
    public async Task Resume_SevenOfTwentyResultsDamagedInSevenWays_MakesExactlyThoseAnew()
    {
        var store = new MemoryStore();
        var plan = await Run(store, images: 5, Methods);
        var ids = plan.Jobs().Select(job => job.Spec.Id).ToArray();
        ids.Length.ShouldBe(20);
        (await Verify(store, plan)).Findings.ShouldBeEmpty();
        var before = await Sweeps.Results(store, plan);
        var kept = Snapshot(store, ids);

        Truncate(store, ArtifactNames.JobReconstruction(ids[0]));
        await store.DeleteAsync(ArtifactNames.JobReconstruction(ids[3]));
        store[ArtifactNames.JobReconstruction(ids[6])] = store[ArtifactNames.JobReconstruction(ids[7])];
        FlipBit(store, ArtifactNames.JobResult(ids[9]));
        await store.DeleteAsync(ArtifactNames.JobResult(ids[12]));
        store[ArtifactNames.JobResult(ids[15])] = store[ArtifactNames.JobResult(ids[16])];
        FlipBit(store, ArtifactNames.JobCodes(ids[19]));
        int[] damaged = [0, 3, 6, 9, 12, 15, 19];
        var found = await Verify(store, plan);

        found
            .Findings.Select(finding => (finding.Fault.Artifact, finding.Fault.Kind))
            .ShouldBe(
                [
                    (ArtifactNames.JobReconstruction(ids[0]), FaultKind.Damaged),
                    (ArtifactNames.JobReconstruction(ids[3]), FaultKind.Missing),
                    (ArtifactNames.JobReconstruction(ids[6]), FaultKind.Damaged),
                    (ArtifactNames.JobResult(ids[9]), FaultKind.Damaged),
                    (ArtifactNames.JobResult(ids[12]), FaultKind.Missing),
                    (ArtifactNames.JobResult(ids[15]), FaultKind.Foreign),
                    (ArtifactNames.JobCodes(ids[19]), FaultKind.Damaged),
                ],
                ignoreOrder: true
            );
        found.Findings.ShouldAllBe(finding => finding.Remedy == Remedy.Resume);
        store.Writes.Clear();
        await Mend(store, plan);

        (await Verify(store, plan)).Findings.ShouldBeEmpty();
        store
            .Writes.Where(name => name.StartsWith(ArtifactNames.Jobs, StringComparison.Ordinal))
            .ShouldBe(damaged.SelectMany(i => ArtifactNames.JobArtifacts(ids[i])), ignoreOrder: true);
        foreach (var i in Enumerable.Range(0, ids.Length).Except(damaged))
        foreach (var name in ArtifactNames.JobArtifacts(ids[i]))
            store[name].ShouldBe(kept[name], name);
        foreach (var (id, result) in await Sweeps.Results(store, plan))
        foreach (var (metric, value) in result.Metrics)
            value.ShouldBe(before[id].Metrics[metric], 1e-2, $"{metric} of {id}");
    }

    [Fact]
    public async Task Resume_WhatResultsWereMadeWithDamaged_IsMadeAnewAndTheResultsStay()
    {
        var store = new MemoryStore();
        var training = new TrainingSpec { Settings = Sweeps.Settings(("iterations", ["4"]), ("batch", ["2"]), ("width", ["4"])) };
        var plan = await Run(store, images: 1, [Sweeps.Pmsfc(3), Sweeps.GenVisMani(0) with { Network = training }], task: "inversion");
        var (set, network) = (plan.Cells[0].Subspaces!.Id, plan.Cells[1].Network!.Id);
        var (setBefore, weightsBefore) = (store[ArtifactNames.SubspaceSet(set)], store[ArtifactNames.NetworkWeights(network)]);
        var kept = Snapshot(store, [.. plan.Jobs().Select(job => job.Spec.Id)]);

        FlipBit(store, ArtifactNames.SubspaceCoefficients(set));
        await store.DeleteAsync(ArtifactNames.NetworkCard(network));
        (await Verify(store, plan))
            .Findings.Select(finding => (finding.Fault.Artifact, finding.Fault.Kind))
            .ShouldBe([
                (ArtifactNames.NetworkCard(network), FaultKind.Missing),
                (ArtifactNames.SubspaceCoefficients(set), FaultKind.Damaged),
            ]);
        await Mend(store, plan);

        (await Verify(store, plan)).Findings.ShouldBeEmpty();
        store[ArtifactNames.SubspaceSet(set)].ShouldBe(setBefore);
        store[ArtifactNames.NetworkWeights(network)].ShouldBe(weightsBefore);
        foreach (var (name, content) in kept)
            store[name].ShouldBe(content, name);
    }

    [Fact]
    public async Task Verify_WhatOnlyTheUsersFilesBringBack_SaysSo()
    {
        var store = new MemoryStore();
        var plan = await Run(store, images: 2, [Methods[0]]);
        store[ArtifactNames.Image(plan.Images[0].Id)] = store[ArtifactNames.Image(plan.Images[1].Id)];
        FlipBit(store, ArtifactNames.GeneratorWeights(plan.GeneratorId));

        var findings = (await Verify(store, plan)).Findings;

        findings
            .Select(finding => (finding.Fault.Artifact, finding.Fault.Kind, finding.Remedy))
            .ShouldBe([
                (ArtifactNames.GeneratorWeights(plan.GeneratorId), FaultKind.Damaged, Remedy.ImportGenerator),
                (ArtifactNames.Image(plan.Images[0].Id), FaultKind.Damaged, Remedy.RunFromFiles),
            ]);
        (await new SweepMending(store).SetAsideAsync(await Verify(store, plan))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Verify_StrangersBesideResultsAndStaleMeasurements_AreForeignAndSetAside()
    {
        var store = new MemoryStore();
        var plan = await Run(store, images: 2, [Methods[0]]);
        var (a, b) = (plan.Jobs().First().Spec.Id, plan.Jobs().Last().Spec.Id);
        var metrics = new MetricSet([new Luma()], ImmutableDictionary<string, string>.Empty);
        await new SweepMeasuring(store, metrics).MeasureAsync(plan);
        foreach (var passing in (string[])[ArtifactNames.Checkpoint(a, 3), ArtifactNames.Preview(a), ArtifactNames.PreviewPicture(a)])
            store[passing] = [1];
        (await Verify(store, plan)).Findings.ShouldBeEmpty();

        store[$"jobs/{a}/notes.txt"] = [1];
        store[ArtifactNames.JobMeasurement(a, "luma")] = store[ArtifactNames.JobMeasurement(b, "luma")];
        var findings = (await Verify(store, plan)).Findings;

        findings
            .Select(finding => (finding.Fault.Artifact, finding.Fault.Kind))
            .ShouldBe([(ArtifactNames.JobMeasurement(a, "luma"), FaultKind.Foreign), ($"jobs/{a}/notes.txt", FaultKind.Foreign)]);
        store.Writes.Clear();
        await Mend(store, plan);
        (await Verify(store, plan)).Findings.ShouldBeEmpty();
        store.Writes.ShouldNotContain(name => name.EndsWith("result.json", StringComparison.Ordinal));
        store.Names.ShouldContain(name =>
            name.StartsWith(ArtifactNames.SetAsides, StringComparison.Ordinal)
            && name.EndsWith($"jobs/{a}/notes.txt", StringComparison.Ordinal)
        );
        (await new SweepMeasuring(store, metrics).MeasureAsync(plan)).Metrics.Single().Measured.ShouldBe(1);
    }

    /// <summary>Results of versions without seals prove themselves as far as they can: the numbers by the pictures.</summary>
    [Fact]
    public async Task Verify_ResultOfAnEarlierVersion_IsProvenByItsNumbers()
    {
        var store = new MemoryStore();
        var plan = await Run(store, images: 2, [Methods[0]]);
        foreach (var (id, result) in await Sweeps.Results(store, plan))
            store[ArtifactNames.JobResult(id)] = ArtifactJson.Write(result);
        var sound = await Verify(store, plan);
        (sound.Findings.Length, sound.Unsealed).ShouldBe((0, 2));

        var (first, other) = (plan.Jobs().First().Spec.Id, plan.Jobs().Last().Spec.Id);
        var edited = ArtifactJson.Read<JobResult>(store[ArtifactNames.JobResult(first)]);
        store[ArtifactNames.JobResult(first)] = ArtifactJson.Write(
            edited with
            {
                Metrics = edited.Metrics.SetItem("psnr", edited.Metrics["psnr"] + 1),
            }
        );
        Truncate(store, ArtifactNames.JobCodes(other));

        (await Verify(store, plan))
            .Findings.Select(finding => finding.Fault.Sentence)
            .ShouldBe(
                [
                    $"{ArtifactNames.JobResult(first)} has another psnr than its picture",
                    $"{ArtifactNames.JobCodes(other)} has changed since it was stored",
                ],
                ignoreOrder: true
            );
    }

    [Fact]
    public async Task Verify_SweepThatHasNotRun_HasNoFaultButItsImages()
    {
        var store = new MemoryStore();
        await TinyGenerator.Store(store);
        SweepPlan plan;
        await using (var cluster = await Start(store))
            plan = await Sweeps.Plan(cluster, Sweeps.Spec([await TinyGenerator.StoreImage(store, 1)], Sweeps.Pmsfc(3)));

        var verification = await Verify(store, plan);

        (verification.Findings.Length, verification.Jobs, verification.Unfinished).ShouldBe((0, 1, 1));
    }

    private static MethodSpec[] Methods { get; } =
    [
        new MethodSpec
        {
            Method = "input",
            Label = "nearest",
            Settings = Sweeps.Settings(("enlargement", ["nearest"])),
        },
        new MethodSpec
        {
            Method = "input",
            Label = "bicubic",
            Settings = Sweeps.Settings(("enlargement", ["bicubic"])),
        },
        Sweeps.Mganprior(4) with
        {
            Label = "four steps",
        },
        Sweeps.Mganprior(6) with
        {
            Label = "six steps",
        },
    ];

    private static async Task<SweepPlan> Run(MemoryStore store, int images, MethodSpec[] methods, string task = "super-resolution")
    {
        await TinyGenerator.Store(store);
        var ids = new List<string>();
        for (var i = 0; i < images; i++)
            ids.Add(await TinyGenerator.StoreImage(store, i));
        await using var cluster = await Start(store);
        var plan = await Sweeps.Plan(cluster, Sweeps.Spec(ids, methods) with { Task = task });
        await Sweeps.Run(cluster, plan, e => e.Finished);
        (await cluster.Grains.GetGrain<ISweepGrain>(plan.Id).GetStatus())!.Problems.ShouldBeEmpty();
        return plan;
    }

    /// <summary>What <c>sweep resume</c> does.</summary>
    private static async Task Mend(MemoryStore store, SweepPlan plan)
    {
        await new SweepMending(store).SetAsideAsync(await Verify(store, plan));
        await using var cluster = await Start(store);
        await Sweeps.Run(cluster, plan, e => e.Finished);
    }

    private static Task<EmbeddedCluster> Start(IArtifactStore store) =>
        EmbeddedCluster.StartAsync(new EmbeddedClusterOptions { Store = store, Devices = [new DeviceOptions { Threads = 1 }] });

    private static Task<Verification> Verify(IArtifactStore store, SweepPlan plan) =>
        new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(plan);

    private static Dictionary<string, byte[]> Snapshot(MemoryStore store, string[] ids) =>
        ids.SelectMany(id => ArtifactNames.JobArtifacts(id)).ToDictionary(name => name, name => store[name]);

    private static void Truncate(MemoryStore store, string name) => store[name] = store[name][..^20];

    private static void FlipBit(MemoryStore store, string name)
    {
        var content = store[name].ToArray();
        content[content.Length / 2] ^= 1;
        store[name] = content;
    }

    /// <summary>A metric that results lack.</summary>
    private sealed class Luma : IImageMetric
    {
        public string Name => "luma";

        public string Title => "luma";

        public string Unit => "levels";

        public bool HigherIsBetter => false;

        public int Digits => 1;

        public double Measure(Imaging.RgbImage reference, Imaging.RgbImage image) => reference[0, 0].G - image[0, 0].G;
    }
}
