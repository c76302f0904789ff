using System.Text.Json;
using PmSFC.Abstractions.Json;

namespace PmSFC.Cli.Sessions;

/// <summary>Output for programs: one JSON object a line.</summary>
internal sealed class JsonLines(TextWriter output)
{
    private static readonly JsonSerializerOptions Options = new(ArtifactJson.Options) { WriteIndented = false };

    /// <summary>Writes one object.</summary>
    public void Write<T>(T value) => output.WriteLine(JsonSerializer.Serialize(value, Options));
}
