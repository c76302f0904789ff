using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Engine;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Training;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Tests.Workloads;

[Collection(TensorsCollection.Name)]
public sealed class TrainingWorkloadTests : IAsyncLifetime
{
    private readonly EagerTime _time = new();
    private readonly MemoryStore _store = new();
    private readonly Works _works = new();
    private Device? _device;

    public async Task InitializeAsync()
    {
        await UseDevice(checkpoints: TimeSpan.FromDays(1));
        await TinyGenerator.Store(_store);
    }

    public async Task DisposeAsync() => await _device!.DisposeAsync();

    [Fact]
    public async Task Run_Encoder_StoresWeightsAndThenTheCard()
    {
        var work = Lease(Encoder());
        await Run(work);

        var id = work.Item.Id;
        _works.Outcomes[id].Outcome.ShouldBe(WorkOutcome.Succeeded);
        _store.Writes.TakeLast(2).ShouldBe([ArtifactNames.NetworkWeights(id), ArtifactNames.NetworkCard(id)]);
        var network = TrainedNetwork.FromJson(_store[ArtifactNames.NetworkCard(id)], _store[ArtifactNames.NetworkWeights(id)]);
        network.LossHistory[^1].Iteration.ShouldBe(60);
        network.Kind.ShouldBe("encoder");
        _works.Progresses.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Run_DrainedAndRunAgain_GivesTheSameNetwork() =>
        await EndsAsUndisturbed(Encoder(), StopReason.Draining, TimeSpan.FromDays(1));

    [Fact]
    public async Task Run_LostWithACheckpointAndRunAgain_GoesOnFromItToTheSameNetwork() =>
        await EndsAsUndisturbed(Encoder(), StopReason.Lost, TimeSpan.Zero);

    [Theory]
    [InlineData(StopReason.Draining)]
    [InlineData(StopReason.Lost)]
    public async Task Run_OnImagesAndStopped_GoesOnToTheSameNetwork(StopReason reason)
    {
        await EndsAsUndisturbed(await Learner(7), reason, reason == StopReason.Lost ? TimeSpan.Zero : TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Run_OnImages_LearnsAnotherNetworkAndSaysFromWhich()
    {
        var spec = await Learner(3);
        await Run(Lease(spec));
        await Run(Lease(spec with { Images = null }));

        var network = Stored(spec);
        network.ImagesId.ShouldBe(spec.Images!.Id);
        network.LossHistory.ShouldAllBe(point => point.Values[0] == 0);
        var samples = Stored(spec with { Images = null });
        samples.ImagesId.ShouldBeNull();
        network.Weights.ToArray().ShouldNotBe(samples.Weights.ToArray());

        TrainedNetwork Stored(NetworkSpec of) =>
            TrainedNetwork.FromJson(_store[ArtifactNames.NetworkCard(of.Id)], _store[ArtifactNames.NetworkWeights(of.Id)]);
    }

    [Theory]
    [InlineData("list", "has no list of images")]
    [InlineData("damaged", "is damaged")]
    [InlineData("image", "has no image")]
    public async Task Run_OnImagesThatTheStoreHasNot_IsBadInput(string lacking, string message)
    {
        var spec = await Learner(3);
        var list = ArtifactNames.ImageList(spec.Images!.Id);
        var image = ArtifactJson.Read<ImageList>(_store[list]).Ids[1];
        await _store.DeleteAsync(lacking == "image" ? ArtifactNames.Image(image) : list);
        if (lacking == "damaged")
            await _store.WriteOnceAsync(list, "{ \"ids\": [\"0\"] }"u8.ToArray());

        (await Should.ThrowAsync<BadInputException>(() => Run(Lease(spec)))).Message.ShouldContain(message);
    }

    [Fact]
    public async Task Run_LeaseLost_WritesNothing()
    {
        var work = Lease(Encoder());
        work.RequestStop(StopReason.Lost);
        var before = _store.Writes.Count;
        await Run(work);

        _works.Outcomes[work.Item.Id].Outcome.ShouldBe(WorkOutcome.Lost);
        _store.Writes.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Run_ToTheEnd_LeavesNoTensorBehind()
    {
        await Run(Lease(Encoder()));
        var alive = torch.Tensor.TotalCount;
        await Run(Lease(Encoder() with { Seed = 2 }));

        torch.Tensor.TotalCount.ShouldBe(alive);
    }

    private async Task EndsAsUndisturbed(NetworkSpec spec, StopReason reason, TimeSpan checkpoints)
    {
        var undisturbed = Lease(spec);
        var id = undisturbed.Item.Id;
        await Run(undisturbed);
        var (card, weights) = (_store[ArtifactNames.NetworkCard(id)], _store[ArtifactNames.NetworkWeights(id)]);
        await _store.DeleteAsync(ArtifactNames.NetworkCard(id));
        await _store.DeleteAsync(ArtifactNames.NetworkWeights(id));
        _works.Outcomes.Clear();

        await UseDevice(checkpoints);
        var stopped = Lease(spec);
        _works.OnProgress = progress =>
        {
            if (progress.Iteration >= 5)
                stopped.RequestStop(reason);
        };
        await Run(stopped);
        _works.OnProgress = _ => { };

        // The flag is set while the device thread works, which may have been faster.
        if (_works.Outcomes[id].Outcome != WorkOutcome.Succeeded)
        {
            _store.Names.ShouldContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
            _works.Outcomes.Clear();
            _works.Progresses.Clear();
            await Run(Lease(spec));
            _works.Progresses.First().Progress.Iteration.ShouldBeGreaterThan(1);
        }

        _store[ArtifactNames.NetworkWeights(id)].ShouldBe(weights);
        _store[ArtifactNames.NetworkCard(id)].ShouldBe(card);
        _store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
    }

    private async Task UseDevice(TimeSpan checkpoints)
    {
        if (_device is not null)
            await _device.DisposeAsync();
        _device = new Device(
            new DeviceOptions
            {
                Threads = 1,
                ProgressInterval = TimeSpan.Zero,
                CheckpointInterval = checkpoints,
            },
            _time
        );
    }

    private static NetworkSpec Encoder(params (string Name, string Value)[] settings)
    {
        (string Name, string Value)[] all = [("iterations", "60"), ("batch", "2"), ("width", "4"), .. settings];
        var values = all.GroupBy(setting => setting.Name).ToDictionary(same => same.Key, same => same.Last().Value);
        return new NetworkSpec
        {
            GeneratorId = TinyGenerator.Id,
            Kind = "encoder",
            Settings = new EncoderTraining().Settings.Resolve(null, values).Settings!.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Seed = 1,
        };
    }

    /// <summary>An encoder that learns from so many stored images.</summary>
    private async Task<NetworkSpec> Learner(int images)
    {
        var ids = new List<string>();
        for (var i = 0; i < images; i++)
            ids.Add(await TinyGenerator.StoreImage(_store, i));
        var list = ImageList.Of(ids);
        await _store.WriteOnceAsync(ArtifactNames.ImageList(list.Id), ArtifactJson.Write(list));
        return Encoder(("code-weight", "0")) with { Images = list.Reference };
    }

    private LeasedWork Lease(NetworkSpec spec) =>
        _works.Lease(
            WorkItem.For(
                spec,
                new WorkRequest
                {
                    SweepId = "sweep",
                    Owner = "owner",
                    Priority = 0,
                    BytesPerJob = 1,
                }
            )
        );

    private Task Run(LeasedWork work) =>
        new TrainingWorkload(_store, EngineCatalog.BuiltIn, _time, NullLogger<TrainingWorkload>.Instance).RunAsync(
            new WorkBatch(_device!, [work]),
            default
        );
}
