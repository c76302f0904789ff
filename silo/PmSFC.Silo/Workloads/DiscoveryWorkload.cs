using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Discoveries: finds a subspace set on the device and stores it.</summary>
public sealed class DiscoveryWorkload(IArtifactStore store, EngineCatalog engine, TimeProvider time, ILogger<DiscoveryWorkload> logger)
    : PreparationWorkload<DiscoveryRun, SubspaceSet>(store, time, logger)
{
    private const int PictureSide = 512;

    /// <inheritdoc/>
    public override bool Accepts(WorkItem item) => item.Discovery is not null;

    private protected override string ArtifactOf(string id) => ArtifactNames.SubspaceSet(id);

    private protected override IEnumerable<string> FilesOf(string id) =>
        [ArtifactNames.SubspaceCoefficients(id), ArtifactNames.SubspaceAffinity(id)];

    private protected override async Task<PreparationSetup<DiscoveryRun>> LoadAsync(Device device, WorkItem item, IArtifactStore patient)
    {
        var spec = item.Discovery!;
        var discovery = engine.FindDiscovery(spec.Method)
            ?? throw new BadInputException($"There is no subspace discovery '{spec.Method}' on this silo.");
        var sizes = spec.SizesOf is null ? null : (await SubspaceSource.ReadAsync(spec.SizesOf.Id, patient)).Sizes;
        var prepared = await PreparationSource.ReadAsync(spec.MadeFrom, patient);
        await GeneratorSource.EnsureAsync(device, engine, spec.GeneratorId, patient);
        return new PreparationSetup<DiscoveryRun>(discovery.Name, PmSFCTelemetry.DiscoverSpan, () =>
            discovery.Start(
                device.Generators.Get(spec.GeneratorId).Generator,
                ResolvedSettings.FromCanonical(spec.Settings),
                spec.Seed,
                sizes,
                prepared
            )
        );
    }

    private protected override SubspaceSet Finish(DiscoveryRun run) => run.Finish();

    private protected override async Task StoreAsync(WorkItem item, SubspaceSet result, IArtifactStore patient)
    {
        var id = item.Id;
        var files = new List<(string Name, ReadOnlyMemory<byte> Content)>();
        if (result is { Coefficients: { } coefficients } && result.OrderedAffinity() is { } affinity)
        {
            var channels = result.Labels.Count;
            var file = new SafetensorsWriter().Add("coefficients", coefficients, channels, channels).ToArray();
            var picture = await Task.Run(() => ImageFile.EncodePng(Heatmap.Render(affinity, Math.Max(1, PictureSide / channels))));
            await patient.WriteOnceAsync(ArtifactNames.SubspaceCoefficients(id), file);
            await patient.WriteOnceAsync(ArtifactNames.SubspaceAffinity(id), picture);
            files.AddRange([("coefficients.safetensors", file), ("affinity.png", picture)]);
        }

        await patient.WriteOnceAsync(ArtifactNames.SubspaceSet(id), ArtifactSeal.Close(result.ToJson(), files));
    }
}
