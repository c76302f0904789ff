using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;

namespace PmSFC.Silo.Tests.Support;

/// <summary>An encoder that can learn from samples and nothing else.</summary>
internal sealed class SamplesOnly : INetworkTraining
{
    private readonly EncoderTraining _encoder = new();

    public string Kind => _encoder.Kind;

    public SettingsSchema Settings => _encoder.Settings;

    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        _encoder.Check(settings, architecture);

    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        _encoder.Estimate(settings, architecture);

    public TrainingRun Start(TrainingProblem problem) => _encoder.Start(problem);
}
