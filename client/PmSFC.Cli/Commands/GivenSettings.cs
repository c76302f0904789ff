using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Specs;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands;

/// <summary>Settings from the command line, by whom they are for: a key says so by its beginning, and without one it is the method's.</summary>
internal sealed record GivenSettings
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary.Create<string, string>(
        StringComparer.Ordinal
    );

    /// <summary>The method's.</summary>
    public ImmutableSortedDictionary<string, string> Method { get; private init; } = None;

    /// <summary>The discovery's, given as <c>subspaces.key</c>.</summary>
    public ImmutableSortedDictionary<string, string> Subspaces { get; private init; } = None;

    /// <summary>The network's training's, given as <c>network.key</c>.</summary>
    public ImmutableSortedDictionary<string, string> Network { get; private init; } = None;

    /// <summary>The network's files, given as <c>network.images</c> and <c>network.weights</c>, relative to the current directory.</summary>
    public NetworkPaths NetworkFiles { get; private init; } = NetworkPaths.None;

    /// <summary>The task's, given as <c>task.key</c>.</summary>
    public ImmutableSortedDictionary<string, string> Task { get; private init; } = None;

    /// <summary>What <c>--set</c> calls the settings of methods, discoveries and networks.</summary>
    public ImmutableHashSet<string> Names =>
        [.. Method.Keys, .. Subspaces.Keys.Select(key => $"subspaces.{key}"), .. Network.Keys.Select(key => $"network.{key}")];

    /// <summary>These and one more; a key that was given before has the new value.</summary>
    public GivenSettings With(string key, string value) =>
        key.Split('.', 2) switch
        {
            ["subspaces", var rest] => this with { Subspaces = Subspaces.SetItem(rest, value) },
            ["network", "images"] => this with
            {
                NetworkFiles = NetworkFiles with { Images = ImagesOption.FullLocation($"--set {key}", value) },
            },
            ["network", "weights"] => this with { NetworkFiles = NetworkFiles with { Weights = FullPath(key, value) } },
            ["network", var rest] => this with { Network = Network.SetItem(rest, value) },
            ["task", var rest] => this with { Task = Task.SetItem(rest, value.StartsWith('~') ? Expanded(key, value) : value) },
            _ => this with { Method = Method.SetItem(key, value) },
        };

    private static string FullPath(string key, string value) => Path.GetFullPath(Expanded(key, value));

    private static string Expanded(string key, string value) =>
        ValueKinds.Path.Read($"--set {key}", value, out var path) is { } problem ? throw new BadInputException(problem) : path!;
}
