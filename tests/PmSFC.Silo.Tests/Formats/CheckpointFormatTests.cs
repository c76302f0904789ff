using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Tests.Formats;

/// <summary>
/// A sweep may be finished by a later version than began it, so every checkpoint that a version has written is one to go on from. Those here are of runs on
/// a made-up generator, stopped after <see cref="StoppedAt"/> iterations.
/// </summary>
[Collection(TensorsCollection.Name)]
public sealed class CheckpointFormatTests : IAsyncLifetime
{
    private const int StoppedAt = 3;

    private readonly MemoryStore _store = new();
    private readonly Works _works = new();
    private readonly EagerTime _time = new();
    private readonly IGenerator _generator = EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").Load(torch.CPU);

    public async Task InitializeAsync() => await TinyGenerator.Store(_store);

    public Task DisposeAsync()
    {
        _generator.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("pmsfc", "split=3 codes=2")]
    [InlineData("mganprior", "split=3 codes=4")]
    [InlineData("invertgennet", "restarts=2")]
    [InlineData("dip", "scales=1 channels=2 skip-channels=1")]
    public void Restore_JobCheckpointOfTheFile_HoldsTheStateToTheLastBit(string name, string settings)
    {
        using var scope = torch.NewDisposeScope();
        using var degradation = EngineCatalog
            .BuiltIn.FindTask("inversion")!
            .Bind(
                new TaskInputs
                {
                    Settings = ResolvedSettings.FromCanonical([]),
                    Resolution = TinyGenerator.Resolution,
                    Device = torch.CPU,
                    Images = new Dictionary<string, Imaging.RgbImage>(),
                }
            );
        var method = (IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(name)!;
        using var run = method.Start(
            new InversionProblem
            {
                Generator = _generator,
                Degradation = degradation,
                Partition = new ChannelPartition([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1], 2),
                Targets = torch.zeros(1, 3, TinyGenerator.Resolution, TinyGenerator.Resolution),
                Seeds = [1],
                Settings = Resolve(method.Settings, $"{settings} iterations=20 perceptual=none"),
            }
        );
        var file = $"checkpoint-{name}.bin";
        var checkpoint = Checkpoint(file, () => Stop(run.Step, () => run.Checkpoint(0), width: 2));

        run.Restore([checkpoint.State.ToArray()]);

        run.Iteration.ShouldBe(StoppedAt);
        GoldenFile.ShouldHold(file, (checkpoint with { State = run.Checkpoint(0) }).Encode());
        checkpoint.Losses.Select(point => point.Iteration).ShouldBe([1, 2, 3]);
        (checkpoint.DeviceSeconds, checkpoint.Width).ShouldBe((1.5, 2));
        while (!run.IsFinished)
            run.Step();
        run.Losses().ShouldAllBe(loss => float.IsFinite(loss));
    }

    [Theory]
    [InlineData("self-expressive", "steps=20 subspaces=3")]
    [InlineData("correlation", "subspaces=3")]
    public void Restore_DiscoveryCheckpointOfTheFile_HoldsTheStateToTheLastBit(string name, string settings)
    {
        var discovery = EngineCatalog.BuiltIn.Discoveries.Single(discovery => discovery.Name == name);
        Holds($"checkpoint-{name}.bin", () => discovery.Start(_generator, Resolve(discovery.Settings, settings), seed: 1));
    }

    [Fact]
    public void Restore_TrainingCheckpointOfTheFile_HoldsTheStateToTheLastBit()
    {
        var training = new EncoderTraining();
        Holds("checkpoint-encoder.bin", () => training.Start(
                new TrainingProblem
                {
                    Generator = _generator,
                    Settings = Resolve(training.Settings, "iterations=20 batch=2 width=2 perceptual=none"),
                    Seed = 1,
                }
            ));
    }

    /// <summary>Checkpoints of before a run's width was written down.</summary>
    [Fact]
    public void Decode_CheckpointOfAnOlderVersion_HasNoWidth()
    {
        var checkpoint = JobCheckpoint.Decode(GoldenFile.Read("checkpoint-without-width.bin"), "old");

        (checkpoint.Iteration, checkpoint.DeviceSeconds, checkpoint.Width).ShouldBe((2, 0.5, 0));
        checkpoint.Losses.ShouldBe([new LossPoint(1, 1), new LossPoint(2, 0.5)]);
        Encoding.UTF8.GetString(checkpoint.State.Span).ShouldBe("state");
    }

    /// <summary>A version that does not know of divergences would go on at full step size, so what has diverged is of another format.</summary>
    [Fact]
    public void Encode_SearchThatHasDiverged_IsTheFileOfFormat2()
    {
        var checkpoint = JobCheckpoint.Decode(GoldenFile.Read("checkpoint-without-width.bin"), "old") with
        {
            Width = 2,
            Divergence = new JobDivergence
            {
                Iteration = 9,
                Loss = double.NaN,
                RestartedFrom = 1,
                StepScale = 0.5,
            },
        };
        GoldenFile.ShouldHold("checkpoint-diverged.bin", checkpoint.Encode());
        Encoding.ASCII.GetString(checkpoint.Encode().AsSpan(0, 8)).ShouldBe("PMSFCKP2");
        JobCheckpoint.Decode(checkpoint.Encode(), "new").Divergence.ShouldBe(checkpoint.Divergence);
    }

    [Fact]
    public async Task Run_CheckpointOfALaterFormat_FailsTheJobInASentenceAndKeepsTheCheckpoint()
    {
        var (held, other) = (await Lease(1), await Lease(2));
        var name = ArtifactNames.Checkpoint(held.Item.Id, 7);
        _store[name] = [.. "PMSFCKP3"u8, .. new byte[100]];
        await using var device = new Device(new DeviceOptions { Threads = 1 }, _time);

        await new InversionWorkload(
            _store,
            EngineCatalog.BuiltIn with
            {
                Methods = [new FakeMethod()],
            },
            _time,
            NullLogger<InversionWorkload>.Instance
        ).RunAsync(new WorkBatch(device, [held, other]), default);

        var failure = _works.Outcomes[held.Item.Id].Failure!;
        failure.Name.ShouldBe(FailureName.BadInput);
        failure.Message.ShouldBe(
            $"{name} is of format 3, which a later version of this product wrote, and this one reads formats up to 2: use that version; nothing was changed."
        );
        _store.Names.ShouldContain(name);
        _works.Outcomes[other.Item.Id].Outcome.ShouldBe(WorkOutcome.Succeeded);
    }

    [Fact]
    public void ToJson_SubspaceSet_IsTheFile()
    {
        var set = new SubspaceSet
        {
            Method = "self-expressive",
            SplitLayer = 3,
            Labels = [0, 1, 1, 0, 2],
            Sizes = [2, 2, 1],
            ShareInside = 0.5,
            ShareByChance = 0.25,
            LargestShareByChance = 0.375,
            LossHistory = [new DiscoveryLosses(1, 0.5f, 0.25f, 2)],
            Settings = new SortedDictionary<string, string> { ["split"] = "3", ["subspaces"] = "3" },
            Seed = 7,
        };
        GoldenFile.ShouldHold("subspace-set.json", set.ToJson());
        SubspaceSet.FromJson(GoldenFile.Read("subspace-set.json")).ToJson().ShouldBe(set.ToJson());
    }

    [Fact]
    public void ToJson_NetworkCard_IsTheFile()
    {
        var network = new TrainedNetwork
        {
            Kind = "encoder",
            Settings = new SortedDictionary<string, string> { ["iterations"] = "20", ["width"] = "2" },
            Seed = 7,
            ImagesId = "i",
            Terms = ["code", "image"],
            LossHistory = [new TrainingLosses(1, [0.5f, float.NaN])],
        };
        GoldenFile.ShouldHold("network-card.json", network.ToJson());
        TrainedNetwork.FromJson(GoldenFile.Read("network-card.json"), default).ToJson().ShouldBe(network.ToJson());
    }

    [Fact]
    public async Task Read_NetworkAndSubspacesOfALaterFormat_AreRefused()
    {
        _store[ArtifactNames.NetworkCard("n")] = """{"format":2}"""u8.ToArray();
        _store[ArtifactNames.SubspaceSet("s")] = """{"format":2}"""u8.ToArray();

        (await Should.ThrowAsync<StoreException>(() => NetworkSource.ReadAsync("n", _store))).Kind.ShouldBe(StoreFailure.Newer);
        (await Should.ThrowAsync<StoreException>(() => SubspaceSource.ReadAsync("s", _store))).Kind.ShouldBe(StoreFailure.Newer);
    }

    private static void Holds(string file, Func<PreparationRun> start)
    {
        using var scope = torch.NewDisposeScope();
        using var run = start();
        var checkpoint = Checkpoint(file, () => Stop(run.Step, run.Checkpoint, width: 0));

        run.Restore(checkpoint.State.ToArray());

        run.Iteration.ShouldBe(StoppedAt);
        GoldenFile.ShouldHold(file, (checkpoint with { State = run.Checkpoint() }).Encode());
        while (run.Iteration < run.Iterations)
            run.Step();
        double.IsFinite(run.Loss()).ShouldBeTrue();
    }

    /// <summary>The file's checkpoint; that of a fresh run where the file is yet to be written.</summary>
    private static JobCheckpoint Checkpoint(string file, Func<JobCheckpoint> stop) =>
        File.Exists(Path.Combine(GoldenFile.Folder, file)) ? JobCheckpoint.Decode(GoldenFile.Read(file), file) : stop();

    private static JobCheckpoint Stop(Action step, Func<byte[]> state, int width)
    {
        for (var i = 0; i < StoppedAt; i++)
            step();
        return new JobCheckpoint
        {
            Iteration = StoppedAt,
            Losses = [.. Enumerable.Range(1, StoppedAt).Select(i => new LossPoint(i, 1.0 / i))],
            DeviceSeconds = 1.5,
            Width = width,
            State = state(),
        };
    }

    private static ResolvedSettings Resolve(SettingsSchema schema, string settings) =>
        schema
            .Resolve(
                null,
                settings
                    .Split(' ')
                    .Select(setting => setting.Split('='))
                    .Where(setting => schema.Definitions.Any(definition => definition.Name == setting[0]))
                    .ToDictionary(setting => setting[0], setting => setting[1])
            )
            .Settings!;

    private async Task<LeasedWork> Lease(int image) => _works.Lease(Works.Spec(await TinyGenerator.StoreImage(_store, image)));
}
