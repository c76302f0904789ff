using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;
using PmSFC.Silo.Devices;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>Trainings: trains a network on the device and stores it.</summary>
public sealed class TrainingWorkload(IArtifactStore store, EngineCatalog engine, TimeProvider time, ILogger<TrainingWorkload> logger)
    : PreparationWorkload<TrainingRun, TrainedNetwork>(store, time, logger)
{
    /// <inheritdoc/>
    public override bool Accepts(WorkItem item) => item.Training is not null;

    private protected override string ArtifactOf(string id) => ArtifactNames.NetworkCard(id);

    private protected override IEnumerable<string> FilesOf(string id) => [ArtifactNames.NetworkWeights(id)];

    private protected override async Task<PreparationSetup<TrainingRun>> LoadAsync(Device device, WorkItem item, IArtifactStore patient)
    {
        var spec = item.Training!;
        var training = engine.FindTraining(spec.Kind)
            ?? throw new BadInputException($"There is no training of a network of the kind '{spec.Kind}' on this silo.");
        if (spec.Weights is { } weights)
            throw new BadInputException(
                $"The store has lost the network that was imported from {weights.FileName}; run the sweep from its file again with 'sweep run FILE'."
            );
        await GeneratorSource.EnsureAsync(device, engine, spec.GeneratorId, patient);
        var images = spec.Images is { } list ? await ImageSource.ReadListAsync(list.Id, patient) : null;
        return new PreparationSetup<TrainingRun>(training.Kind, PmSFCTelemetry.TrainSpan, () => training.Start(
                new TrainingProblem
                {
                    Generator = device.Generators.Get(spec.GeneratorId).Generator,
                    Perceptual = device.Generators.Get(spec.GeneratorId).Perceptual,
                    Settings = ResolvedSettings.FromCanonical(spec.Settings),
                    Seed = spec.Seed,
                    Images = images,
                }
            ));
    }

    private protected override TrainedNetwork Finish(TrainingRun run) => run.Finish();

    private protected override async Task StoreAsync(WorkItem item, TrainedNetwork result, IArtifactStore patient)
    {
        var id = item.Id;
        await patient.WriteOnceAsync(ArtifactNames.NetworkWeights(id), result.Weights);
        await patient.WriteOnceAsync(
            ArtifactNames.NetworkCard(id),
            ArtifactSeal.Close(result.ToJson(), ("weights.safetensors", result.Weights))
        );
    }
}
