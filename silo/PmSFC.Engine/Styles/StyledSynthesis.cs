using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Styles;

/// <summary>
/// A generator without its mapping, weights frozen: codes are styles, [N, S], or [N, P, S] with one for each place, and the context at a cut begins with them.
/// Noise is what the file holds, the same for every image; without, there is none.
/// </summary>
internal abstract class StyledSynthesis : IGenerator
{
    private readonly IReadOnlyList<IStyledBlock> _blocks;
    private readonly (Part Part, int Index, long[] Shape)[] _ownParts;
    private readonly int _colors;

    /// <param name="weights">The generator's.</param>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="blocks">Its blocks on a device; owned.</param>
    /// <param name="device">Where they are.</param>
    /// <param name="dtype">Single or double precision.</param>
    protected StyledSynthesis(
        StyledWeights weights,
        StyledArchitecture architecture,
        IReadOnlyList<IStyledBlock> blocks,
        Device device,
        ScalarType dtype
    )
    {
        (_blocks, _colors, Architecture, Device, Dtype) = (blocks, architecture.Colors, architecture.Synthesis!, device, dtype);
        _ownParts = [.. architecture.OwnParts.Where(part => part.Part is not Part.NoiseStrength || weights.HasNoise)];
        OwnWeights = [.. _ownParts.Select(part => (weights.NameOf(part.Part, part.Index), (IReadOnlyList<long>)part.Shape))];
        NoiseSides = weights.HasNoiseStrengths ? [.. Enumerable.Range(1, architecture.Layers).Select(architecture.ResolutionAt)] : [];
    }

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture { get; }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ScalarType Dtype { get; }

    /// <inheritdoc cref="IStyledGenerator.OwnWeights"/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> OwnWeights { get; }

    /// <inheritdoc cref="IStyledGenerator.NoiseSides"/>
    public IReadOnlyList<int> NoiseSides { get; }

    /// <inheritdoc/>
    public Tensor NormalizeLatents(Tensor z) => z.alias();

    /// <inheritdoc/>
    public SplitFeatures Lower(Tensor z, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return Advance(new SplitFeatures(z), 0, split).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>Before the first block there are styles instead of maps.</remarks>
    public SplitFeatures Advance(SplitFeatures features, int from, int to)
    {
        for (var index = from; index < to; index++)
            features = Apply(Entering(features, index), index, _blocks[index]);
        return features;
    }

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features) => InThreeColors(Image(features));

    /// <inheritdoc cref="IStyledGenerator.Draw"/>
    public Tensor Draw(Tensor styles, IReadOnlyList<Tensor> noises)
    {
        if (noises.Count != NoiseSides.Count)
            throw new ArgumentException($"There are {noises.Count} noises for {NoiseSides.Count} blocks.", nameof(noises));
        using var scope = NewDisposeScope();
        var features = new SplitFeatures(styles);
        for (var index = 0; index < _blocks.Count; index++)
            features = Apply(Entering(features, index), index, _blocks[index], noises.Count > 0 ? noises[index] : null);
        return Output(features).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="IStyledGenerator.DrawMoved"/>
    public Tensor DrawMoved(Tensor styles, IReadOnlyList<Tensor> changes)
    {
        if (changes.Count != _ownParts.Length)
            throw new ArgumentException($"There are {changes.Count} changes for {_ownParts.Length} weights.", nameof(changes));
        var moves = _ownParts.Zip(changes).ToDictionary(pair => (pair.First.Part, pair.First.Index), pair => pair.Second);
        using var scope = NewDisposeScope();
        var features = new SplitFeatures(styles);
        for (var i = 0; i < _blocks.Count; i++)
        {
            var (index, block) = (i, _blocks[i]);
            features = With(Entering(features, index, part => moves[(part, index - 1)]), index, (x, style) =>
                block.Forward(x, style, part => moves[(part, index)])
            );
        }

        return InThreeColors(Image(features, part => moves[(part, _blocks.Count - 1)])).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new StyledRestrictedLower(this, partition, split);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
    }

    /// <summary>A block, from 0.</summary>
    public IStyledBlock BlockAt(int index) => _blocks[index];

    /// <summary>What a block is given.</summary>
    /// <param name="z">Styles, [N, S] or [N, P, S].</param>
    /// <param name="index">The block, from 0; what the first is given are the styles.</param>
    public SplitFeatures Before(Tensor z, int index) => Entering(Advance(new SplitFeatures(z), 0, index), index);

    /// <summary>The features after a block, with all or some of its channels.</summary>
    /// <param name="features">What it is given.</param>
    /// <param name="index">Which block it is, from 0.</param>
    /// <param name="block">The block.</param>
    /// <param name="noise">As of <see cref="IStyledBlock.Forward(Tensor?, Tensor, Tensor?)"/>.</param>
    public static SplitFeatures Apply(SplitFeatures features, int index, IStyledBlock block, Tensor? noise = null) =>
        With(features, index, (x, style) => block.Forward(x, style, noise));

    /// <summary>What is done between two blocks; nothing before the first one.</summary>
    /// <param name="features">Those after <paramref name="index"/> blocks.</param>
    /// <param name="index">The block that comes, from 0.</param>
    /// <param name="moves">What is added to each weight that belongs to the block before, [N, …]; null for nothing.</param>
    protected virtual SplitFeatures Entering(SplitFeatures features, int index, Func<Part, Tensor>? moves = null) => features;

    /// <summary>The images of what the last block gives.</summary>
    /// <param name="features">Those after all blocks.</param>
    /// <param name="moves">What is added to each weight that belongs to the last block, [N, …]; null for nothing.</param>
    /// <returns>[N, colors, H, W].</returns>
    protected abstract Tensor Image(SplitFeatures features, Func<Part, Tensor>? moves = null);

    /// <summary>The styles of a place, [N, S].</summary>
    protected static Tensor StyleAt(Tensor styles, int place) => styles.dim() == 3 ? styles.select(1, place) : styles;

    private static SplitFeatures With(SplitFeatures features, int index, Func<Tensor?, Tensor, Tensor> block) =>
        index == 0
            ? new SplitFeatures(block(null, StyleAt(features.Maps, 0)), [features.Maps])
            : features with
            {
                Maps = block(features.Maps, StyleAt(features.Context[0], index)),
            };

    private Tensor InThreeColors(Tensor image) => _colors == 3 ? image : image.expand(-1, 3, -1, -1);
}
