using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Preparations of the catalogue's kinds: makes one on the device and stores it.</summary>
public sealed class ContentWorkload(IArtifactStore store, EngineCatalog engine, TimeProvider time, ILogger<ContentWorkload> logger)
    : PreparationWorkload<ContentRun, byte[]>(store, time, logger)
{
    /// <inheritdoc/>
    public override bool Accepts(WorkItem item) => item.OtherPreparation is not null;

    private protected override string ArtifactOf(string id) => ArtifactNames.PreparationCard(id);

    private protected override IEnumerable<string> FilesOf(string id) => [ArtifactNames.PreparationContent(id)];

    private protected override async Task<PreparationSetup<ContentRun>> LoadAsync(Device device, WorkItem item, IArtifactStore patient)
    {
        var spec = item.OtherPreparation!;
        var kind = engine.FindPreparation(spec.Kind) ?? throw new BadInputException($"There is no preparation '{spec.Kind}' on this silo.");
        var prepared = await PreparationSource.ReadAsync(spec.MadeFrom, patient);
        await GeneratorSource.EnsureAsync(device, engine, spec.GeneratorId, patient);
        return new PreparationSetup<ContentRun>(kind.Name, PmSFCTelemetry.PrepareSpan, () =>
            kind.Start(
                device.Generators.Get(spec.GeneratorId).Generator,
                ResolvedSettings.FromCanonical(spec.Settings),
                spec.Seed,
                prepared
            )
        );
    }

    private protected override byte[] Finish(ContentRun run) => run.Finish();

    private protected override async Task StoreAsync(WorkItem item, byte[] result, IArtifactStore patient)
    {
        await patient.WriteOnceAsync(ArtifactNames.PreparationContent(item.Id), result);
        await patient.WriteOnceAsync(ArtifactNames.PreparationCard(item.Id), PreparationCard.Write(item.OtherPreparation!, result));
    }
}
