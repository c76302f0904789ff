using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>YAML as trees.</summary>
internal static class Yaml
{
    /// <summary>The only document of a text.</summary>
    public static YamlNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Single().RootNode;
    }

    /// <summary>A tree as text.</summary>
    public static string Write(YamlNode node)
    {
        using var text = new StringWriter();
        new YamlStream(new YamlDocument(node)).Save(text, assignAnchors: false);
        return text.ToString().Replace("\n...", "", StringComparison.Ordinal);
    }
}
