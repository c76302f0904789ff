using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Subspaces;

/// <summary>One draw of a random partition: a single iteration, so that its checkpoint is empty.</summary>
internal sealed class RandomPartitionRun(string method, ResolvedSettings settings, long seed, IReadOnlyList<int> sizes) : DiscoveryRun
{
    private int[]? _labels;

    public override int Iteration => _labels is null ? 0 : 1;

    public override int Iterations => 1;

    public override void Step()
    {
        if (_labels is not null)
            throw new InvalidOperationException("The partition is drawn already.");
        _labels = [.. sizes.SelectMany((size, label) => Enumerable.Repeat(label, size))];
        new SplitMix64(seed).Shuffle(_labels.AsSpan());
    }

    public override DiscoveryLosses? Losses() => null;

    public override byte[] Checkpoint() => [];

    public override void Restore(byte[] checkpoint) { }

    public override SubspaceSet Finish() =>
        new()
        {
            Method = method,
            SplitLayer = SplitSetting.Bind(settings),
            Labels = _labels ?? throw new InvalidOperationException("The partition is not drawn yet."),
            Sizes = sizes,
            Settings = settings,
            Seed = seed,
        };
}
