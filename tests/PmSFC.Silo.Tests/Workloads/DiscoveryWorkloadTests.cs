using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Engine;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Tests.Workloads;

[Collection(TensorsCollection.Name)]
public sealed class DiscoveryWorkloadTests : IAsyncLifetime
{
    private readonly EagerTime _time = new();
    private readonly MemoryStore _store = new();
    private readonly Works _works = new();
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _device = new Device(
            new DeviceOptions
            {
                Threads = 1,
                ProgressInterval = TimeSpan.Zero,
                CheckpointInterval = TimeSpan.FromDays(1),
            },
            _time
        );
        await TinyGenerator.Store(_store);
    }

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Fact]
    public async Task Run_SelfExpressive_StoresSetLastWithItsCoefficientsAndPicture()
    {
        var work = Lease(SelfExpressive());
        await Run(work);

        var id = work.Item.Id;
        _works.Outcomes[id].Outcome.ShouldBe(WorkOutcome.Succeeded);
        _store
            .Writes.TakeLast(3)
            .ShouldBe([ArtifactNames.SubspaceCoefficients(id), ArtifactNames.SubspaceAffinity(id), ArtifactNames.SubspaceSet(id)]);
        SubspaceSet.FromJson(_store[ArtifactNames.SubspaceSet(id)]).Sizes.Sum().ShouldBe(12);
        ImageFile.Decode(_store[ArtifactNames.SubspaceAffinity(id)], "affinity").Image.Width.ShouldBe(512 / 12 * 12);
        _works.Progresses.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Run_RandomOfCopiedSizes_HasThem()
    {
        var discovered = SelfExpressive();
        await Run(Lease(discovered));
        var random = Lease(Spec(new RandomPartitionDiscovery(), ("subspaces", "3")) with { SizesOf = discovered });
        await Run(random);

        var sizes = SubspaceSet.FromJson(_store[ArtifactNames.SubspaceSet(discovered.Id)]).Sizes;
        SubspaceSet.FromJson(_store[ArtifactNames.SubspaceSet(random.Item.Id)]).Sizes.ShouldBe(sizes);
    }

    [Fact]
    public async Task Run_BaseSetMissing_IsBadInput()
    {
        var random = Lease(Spec(new RandomPartitionDiscovery(), ("subspaces", "3")) with { SizesOf = SelfExpressive() });

        await Should.ThrowAsync<BadInputException>(() => Run(random));
    }

    [Fact]
    public async Task Run_DrainedAndRunAgain_FindsTheSameSet()
    {
        var undisturbed = Lease(SelfExpressive());
        await Run(undisturbed);
        var expected = _store[ArtifactNames.SubspaceSet(undisturbed.Item.Id)];
        await _store.DeleteAsync(ArtifactNames.SubspaceSet(undisturbed.Item.Id));
        _works.Outcomes.Clear();

        var stopped = Lease(SelfExpressive());
        _works.OnProgress = progress =>
        {
            if (progress.Iteration >= 5)
                stopped.RequestStop(StopReason.Draining);
        };
        await Run(stopped);
        _works.OnProgress = _ => { };

        // The flag is set while the device thread works, which may have been faster.
        if (_works.Outcomes[stopped.Item.Id].Outcome == WorkOutcome.Released)
        {
            _store.Names.ShouldContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
            _works.Outcomes.Clear();
            await Run(Lease(SelfExpressive()));
        }

        _store[ArtifactNames.SubspaceSet(undisturbed.Item.Id)].ShouldBe(expected);
        _store.Names.ShouldNotContain(name => name.StartsWith("checkpoints/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_LeaseLost_WritesNothing()
    {
        var work = Lease(SelfExpressive());
        work.RequestStop(StopReason.Lost);
        var before = _store.Writes.Count;
        await Run(work);

        _works.Outcomes[work.Item.Id].Outcome.ShouldBe(WorkOutcome.Lost);
        _store.Writes.Count.ShouldBe(before);
    }

    [Fact]
    public async Task Run_ToTheEnd_LeavesNoTensorBehind()
    {
        await Run(Lease(SelfExpressive()));
        var alive = torch.Tensor.TotalCount;
        await Run(Lease(SelfExpressive(seed: 2)));

        torch.Tensor.TotalCount.ShouldBe(alive);
    }

    private static SubspaceSpec SelfExpressive(long seed = 1) =>
        Spec(new SelfExpressiveDiscovery(), ("steps", "200"), ("subspaces", "3"), ("norms", "mean"), ("learning-rate", "1e-2")) with
        {
            Seed = seed,
        };

    private static SubspaceSpec Spec(ISubspaceDiscovery discovery, params (string Name, string Value)[] settings) =>
        new()
        {
            GeneratorId = TinyGenerator.Id,
            Method = discovery.Name,
            Settings = discovery
                .Settings.Resolve(null, settings.ToDictionary(setting => setting.Name, setting => setting.Value))
                .Settings!.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Seed = 1,
        };

    private LeasedWork Lease(SubspaceSpec spec) =>
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
        new DiscoveryWorkload(_store, EngineCatalog.BuiltIn, _time, NullLogger<DiscoveryWorkload>.Instance).RunAsync(
            new WorkBatch(_device, [work]),
            default
        );
}
