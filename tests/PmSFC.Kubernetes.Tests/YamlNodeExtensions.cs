using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace PmSFC.Kubernetes.Tests;

/// <summary>Reads of trees whose members may be missing.</summary>
internal static class YamlNodeExtensions
{
    /// <summary>A member of a mapping, or null.</summary>
    public static YamlNode? Find(this YamlNode node, string key) =>
        node is YamlMappingNode { Children: var children } && children.TryGetValue(key, out var value) ? value : null;

    /// <summary>A whole number, or null.</summary>
    public static int? Number(this YamlNode node, string key) =>
        int.TryParse(node.Find(key)?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
