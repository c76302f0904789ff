using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Training;

namespace PmSFC.Silo.Tests.Support;

/// <summary>An encoder whose authors published weights, under names that begin with <c>theirs.</c>.</summary>
internal sealed class PublishedEncoder : INetworkImport
{
    private const string Prefix = "theirs.";

    private readonly EncoderTraining _encoder = new();

    public string Kind => _encoder.Kind;

    public SettingsSchema Settings => _encoder.Settings;

    /// <summary>A trained encoder's weights as its authors would publish them.</summary>
    /// <param name="weights">The weights as they are stored.</param>
    /// <param name="metadata">Names of metadata that the file has.</param>
    public static byte[] Publish(ReadOnlyMemory<byte> weights, params IEnumerable<string> metadata)
    {
        var writer = metadata.Aggregate(new SafetensorsWriter(), (file, name) => file.AddMetadata(name, ""));
        Copy(StateDict.Read(weights, "ours"), writer, name => Prefix + name);
        return writer.ToArray();
    }

    public ImportedNetwork Read(StateDict file, GeneratorArchitecture architecture)
    {
        var width = file.Shape($"{Prefix}0.down.weight")[0];
        if (file.Shape($"{Prefix}code.weight")[0] is var latent && latent != architecture.LatentSize)
            throw new CheckpointException(
                $"{file.FileName} gives codes of {latent} numbers, but the generator takes {architecture.LatentSize}."
            );
        var writer = new SafetensorsWriter();
        Copy(file, writer, name => name[Prefix.Length..]);
        return new ImportedNetwork(ResolvedSettings.FromCanonical([new("width", $"{width}")]), writer.ToArray());
    }

    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        _encoder.Check(settings, architecture);

    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        _encoder.Estimate(settings, architecture);

    public TrainingRun Start(TrainingProblem problem) => _encoder.Start(problem);

    private static void Copy(StateDict file, SafetensorsWriter writer, Func<string, string> rename)
    {
        foreach (var name in file.Names)
            writer.Add(rename(name), file.ReadFloats(name, [.. file.Shape(name)]), [.. file.Shape(name)]);
    }
}
