using System.Collections.Concurrent;
using System.Reflection;

namespace PmSFC.Kubernetes.Tests;

/// <summary>The folder <c>k8s/</c>: each overlay, and each component on the base.</summary>
internal static class Manifests
{
    // Components that add to another one.
    private static readonly Dictionary<string, string[]> Needs = new() { ["keda-gpu"] = ["gpu"] };

    // Those that must come first, since others change their pods.
    private static readonly string[] First = ["gpu", "nightly"];

    private const string AllComponents = "components";

    private static readonly ConcurrentDictionary<string, Lazy<string>> Rendered = new();

    /// <summary>Where the manifests are.</summary>
    public static string Folder { get; } =
        Path.GetFullPath(
            typeof(Manifests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Manifests").Value!
        );

    /// <summary>What can be rendered: <c>overlays/NAME</c>, <c>components/NAME</c>, and <c>components</c> for all of them at once.</summary>
    public static IEnumerable<string> Names =>
        [.. from kind in new[] { "overlays", AllComponents } from name in NamesIn(kind) select $"{kind}/{name}", AllComponents];

    /// <summary>The objects of an overlay or of a component on the base, as YAML.</summary>
    public static string Render(string name) => Rendered.GetOrAdd(name, _ => new Lazy<string>(() => Make(name))).Value;

    private static IEnumerable<string> NamesIn(string kind) =>
        Directory.EnumerateDirectories(Path.Combine(Folder, kind)).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    /// <summary>The objects of components together on the base, as YAML.</summary>
    /// <param name="components">Their names, or folders elsewhere.</param>
    public static string RenderOnBase(params IEnumerable<string> components) => RenderOnBase("", components);

    /// <summary>The same, with more of an overlay.</summary>
    /// <param name="more">Lines of its <c>kustomization.yaml</c>.</param>
    /// <param name="components">As above.</param>
    public static string RenderOnBase(string more, IEnumerable<string> components)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllLines(
            Path.Combine(directory.Path, "kustomization.yaml"),
            [
                "apiVersion: kustomize.config.k8s.io/v1beta1",
                "kind: Kustomization",
                "resources:",
                $"  - {Relative("base")}",
                "components:",
                .. components.Select(component => $"  - {Relative(Path.Combine("components", component))}"),
                more,
            ]
        );
        return Kubectl.Render(directory.Path);

        // Kustomize takes no absolute paths.
        string Relative(string path) => Path.GetRelativePath(directory.Path, Path.Combine(Folder, path));
    }

    private static string Make(string name)
    {
        if (name.StartsWith("overlays/", StringComparison.Ordinal))
            return Kubectl.Render(Path.Combine(Folder, name));
        var component = Path.GetFileName(name);
        return RenderOnBase(
            name == AllComponents
                ? [.. First, .. NamesIn(AllComponents).Except(First)]
                : [.. Needs.GetValueOrDefault(component, []), component]
        );
    }
}
