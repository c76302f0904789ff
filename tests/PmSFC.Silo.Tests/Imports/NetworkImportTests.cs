using System.Security.Cryptography;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Training;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Imports;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;
using static TorchSharp.torch;

namespace PmSFC.Silo.Tests.Imports;

[Collection(TensorsCollection.Name)]
public sealed class NetworkImportTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly MemoryStore _store = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task StoreAsync_PublishedWeights_AreStoredUnderOurNamesWithACardThatTellsTheFile()
    {
        var trained = Train();
        var content = PublishedEncoder.Publish(trained);
        var import = await Import("theirs.safetensors", content);

        await import.StoreAsync(_store);
        var before = _store.Writes.Count;
        await (await Import("copy.safetensors", content)).StoreAsync(_store);

        import.Weights.FileName.ShouldBe("theirs.safetensors");
        import.Weights.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
        import.Weights.Sizes.ShouldBe(Sweeps.Single("width", "4"));
        _store.Writes.Count.ShouldBe(before, "the same weights are the same network");
        var id = NetworkSpec.Imported("encoder", TinyGenerator.Id, import.Weights).Id;
        var network = TrainedNetwork.FromJson(_store[ArtifactNames.NetworkCard(id)], _store[ArtifactNames.NetworkWeights(id)]);
        network.Origin.ShouldBe(new WeightsOrigin("theirs.safetensors", import.Weights.Sha256));
        network.LossHistory.ShouldBeEmpty();
        var (ours, theirs) = (SafetensorsFile.Read(trained, "ours"), SafetensorsFile.Read(network.Weights, "theirs"));
        foreach (var entry in ours.Header.Entries.Values)
            theirs.ReadFloats(entry.Name, [.. entry.Shape]).ShouldBe(ours.ReadFloats(entry.Name, [.. entry.Shape]));
    }

    [Fact]
    public async Task ReadAsync_WeightsThatWereTrainedHere_AreKnownAsSuch()
    {
        var trained = Train();
        var marks = SafetensorsFile.Read(trained, "ours").Header.Metadata.Keys;

        (await Import("ours.safetensors", PublishedEncoder.Publish(trained, marks))).Weights.TrainedHere.ShouldBeTrue();
        (await Import("theirs.safetensors", PublishedEncoder.Publish(trained))).Weights.TrainedHere.ShouldBeFalse();
    }

    [Fact]
    public async Task Sweep_OfImportedWeights_GivesWhatTheTrainedNetworkGivesWithoutTraining()
    {
        await TinyGenerator.Store(_store);
        var image = await TinyGenerator.StoreImage(_store, 0);
        var training = new TrainingSpec
        {
            Settings = Sweeps.Settings(("iterations", ["20"]), ("batch", ["2"]), ("width", ["4"])),
            Seeds = [1],
        };
        var alone = Sweeps.GenVisMani(0);
        SweepPlan trained,
            imported;
        await using (
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions { Store = _store, Devices = [new DeviceOptions { Threads = 1 }] }
            )
        )
        {
            trained = await Sweeps.Plan(cluster, Sweeps.Spec([image], alone with { Network = training }));
            await Sweeps.Run(cluster, trained, e => e.Finished);
            var weights = _store[ArtifactNames.NetworkWeights(trained.Cells[0].Network!.Id)];
            var import = await Import("theirs.safetensors", PublishedEncoder.Publish(weights));
            await import.StoreAsync(_store);
            imported = await Sweeps.Plan(
                cluster,
                Sweeps.Spec(
                    [image],
                    alone with
                    {
                        Network = new TrainingSpec { Settings = Sweeps.Settings(), Weights = import.Weights },
                    }
                )
            );
            await Sweeps.Run(cluster, imported, e => e.Finished);
        }

        imported.Cells[0].Network!.Id.ShouldNotBe(trained.Cells[0].Network!.Id);
        var results = (await Sweeps.Results(_store, trained)).Values.Concat((await Sweeps.Results(_store, imported)).Values).ToArray();
        results[1].ReconstructionSha256.ShouldBe(results[0].ReconstructionSha256);
        results[1].Spec.NetworkId.ShouldBe(imported.Cells[0].Network!.Id);
    }

    [Fact]
    public async Task Sweep_ImportedWeightsThatTheStoreHasLost_FailsWithTheFilesName()
    {
        await TinyGenerator.Store(_store);
        var image = await TinyGenerator.StoreImage(_store, 0);
        var import = await Import("theirs.safetensors", PublishedEncoder.Publish(Train()));
        await using var cluster = await EmbeddedCluster.StartAsync(
            new EmbeddedClusterOptions { Store = _store, Devices = [new DeviceOptions { Threads = 1 }] }
        );
        var network = new TrainingSpec { Settings = Sweeps.Settings(), Weights = import.Weights };
        var plan = await Sweeps.Plan(cluster, Sweeps.Spec([image], Sweeps.GenVisMani(0) with { Network = network }));

        await Sweeps.Run(cluster, plan, e => e.Finished);

        var failure = (await cluster.Grains.GetGrain<INetworkGrain>(plan.Cells[0].Network!.Id).GetStatus()).Failure.ShouldNotBeNull();
        failure.Name.ShouldBe(FailureName.BadInput);
        failure.Message.ShouldContain("imported from theirs.safetensors");
    }

    [Fact]
    public async Task ReadAsync_FilesThatCannotBeUsed_SayWhy()
    {
        (await Refused(Import("text.pth", "not weights at all, but some text"u8.ToArray()))).ShouldContain("text.pth");
        (await Refused(Import("other.safetensors", new SafetensorsWriter().Add("x", [1], 1).ToArray()))).ShouldContain(
            "lacks the tensor 'theirs.0.down.weight'"
        );
        (
            await Refused(
                NetworkImport.ReadAsync(
                    EngineCatalog.BuiltIn.Families,
                    new PublishedEncoder(),
                    Path.Combine(_folder.Path, "none"),
                    await TinyGenerator.Store(_store)
                )
            )
        ).ShouldContain("does not exist");
        (
            await Refused(
                NetworkImport.ReadAsync(
                    EngineCatalog.BuiltIn.Families,
                    new PublishedEncoder(),
                    _folder.Path,
                    await TinyGenerator.Store(_store)
                )
            )
        ).ShouldContain("is a directory");
        (
            await Refused(
                NetworkImport.ReadAsync(EngineCatalog.BuiltIn.Families, new EncoderTraining(), "x.pth", await TinyGenerator.Store(_store))
            )
        ).ShouldContain("kind 'encoder' cannot be imported");
        _store.Names.ShouldNotContain(name => name.StartsWith(ArtifactNames.Networks, StringComparison.Ordinal));

        static async Task<string> Refused(Task<NetworkImport> import) => (await Should.ThrowAsync<BadInputException>(() => import)).Message;
    }

    private async Task<NetworkImport> Import(string name, byte[] content)
    {
        var path = Path.Combine(_folder.Path, name);
        await File.WriteAllBytesAsync(path, content);
        return await NetworkImport.ReadAsync(
            EngineCatalog.BuiltIn.Families,
            new PublishedEncoder(),
            path,
            await TinyGenerator.Store(_store)
        );
    }

    private static byte[] Train()
    {
        var training = new EncoderTraining();
        var settings = new Dictionary<string, string>
        {
            ["iterations"] = "1",
            ["batch"] = "1",
            ["width"] = "4",
        };
        using var generator = EngineCatalog.BuiltIn.Families.Read(TinyGenerator.Weights, "tiny").Load(CPU);
        using var run = training.Start(
            new TrainingProblem
            {
                Generator = generator,
                Settings = training.Settings.Resolve(null, settings).Settings!,
                Seed = 1,
            }
        );
        run.Step();
        return run.Finish().Weights.ToArray();
    }
}
