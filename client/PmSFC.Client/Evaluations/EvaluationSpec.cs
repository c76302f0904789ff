using System.Globalization;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Evaluations;

/// <summary>
/// What makes two evaluations comparable: everything that a sweep's spec says but the generator. Owner, priority, failure budget and gates are not part of it,
/// nor are the names of files, and neither is what presets and defaults fill in, so that a version of the product with other ones is compared too.
/// </summary>
/// <param name="Name">The spec's name: another name begins a history of its own.</param>
/// <param name="ImagesId">Content id of the targets in their order, as they are at the generator's resolution.</param>
/// <param name="MethodsId">Content id of the task, the seed and the methods as written.</param>
public sealed record EvaluationSpec(string Name, string ImagesId, string MethodsId)
{
    /// <summary>The spec's id, under which its evaluations are stored.</summary>
    public string Id => new ContentId("evaluation").With("name", Name).With("images", ImagesId).With("methods", MethodsId).ToString();

    /// <summary>What a sweep's spec is for evaluations.</summary>
    public static EvaluationSpec Of(SweepSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var images = spec.Images.Aggregate(new ContentId("targets"), (id, image) => id.With("image", image.Id));
        var methods = new ContentId("methods").With("task", spec.Task).With("task", spec.TaskSettings).With("seed", spec.Seed);
        foreach (var method in spec.Methods)
            Add(methods, method);
        return new EvaluationSpec(spec.Name, images.ToString(), methods.ToString());
    }

    private static void Add(ContentId id, MethodSpec method)
    {
        id.With("method", method.Method)
            .With("label", method.Label)
            .With("preset", method.Preset)
            .With("settings", Joined(method.Settings));
        for (var discovery = method.Subspaces; discovery is not null; discovery = discovery.SizesOf)
            id.With("subspaces", discovery.Method)
                .With("preset", discovery.Preset)
                .With("settings", Joined(discovery.Settings))
                .With("seeds", Joined(discovery.Seeds));
        if (method.Network is not { } network)
            return;
        id.With("network", network.Preset)
            .With("settings", Joined(network.Settings))
            .With("seeds", Joined(network.Seeds))
            .With("images", network.Images?.Id)
            .With("weights", network.Weights?.ContentId);
    }

    private static IEnumerable<KeyValuePair<string, string>> Joined(
        IEnumerable<KeyValuePair<string, System.Collections.Immutable.ImmutableArray<string>>> settings
    ) => settings.Select(setting => KeyValuePair.Create(setting.Key, string.Join('\n', setting.Value)));

    private static string Joined(IEnumerable<long> seeds) =>
        string.Join(',', seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture)));
}
