using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A StyleGAN2 generator without its mapping, weights frozen: codes are styles, [N, S] or [N, P, S]. A cut is after a block's activation and before the RGB
/// image of its maps is added: the context is the styles and, but at the first cut, the image so far [N, colors, r, r], r being the last resolution that has
/// ended. Noise is what the file holds, the same for every image; without, there is none.
/// </summary>
internal sealed class StyleGan2Synthesis : IGenerator
{
    private readonly StyleGan2Architecture _architecture;
    private readonly Tensor _constant; // [1, C, 4, 4]
    private readonly StyledBlock[] _blocks;
    private readonly RgbLayer?[] _rgb; // by block, for those that end a resolution
    private readonly (Part Part, int Index, long[] Shape)[] _ownParts;

    public StyleGan2Synthesis(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        (_architecture, Device, Dtype) = (architecture, device, dtype);
        Architecture = architecture.Synthesis;
        _constant = weights.Tensor(Part.Constant, 0, device, dtype, 1, architecture.InputsOf(0), 4, 4).DetachFromDisposeScope();
        _blocks = [.. Enumerable.Range(0, architecture.Layers).Select(i => StyledBlock.Load(weights, architecture, i, device, dtype))];
        _ownParts = [.. StyleGan2Weights.OwnPartsOf(architecture).Where(part => part.Part is not Part.NoiseStrength || weights.HasNoise)];
        OwnWeights = [.. _ownParts.Select(part => (RosinalityLayout.OwnNameOf(part.Part, part.Index), (IReadOnlyList<long>)part.Shape))];
        NoiseSides = weights.HasNoiseStrengths ? [.. Enumerable.Range(1, architecture.Layers).Select(architecture.ResolutionAt)] : [];
        _rgb =
        [
            .. Enumerable
                .Range(0, architecture.Layers)
                .Select(i => architecture.EndsResolution(i + 1) ? RgbLayer.Load(weights, architecture, i, device, dtype) : null),
        ];
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
        return Advance(Begin(z, _blocks[0]), 1, split).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public SplitFeatures Advance(SplitFeatures features, int from, int to)
    {
        for (var index = from; index < to; index++)
            features = Apply(WithRgb(features, index), index, _blocks[index]);
        return features;
    }

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features) => InThreeColors(WithRgb(features, _architecture.Layers).Context[1]);

    /// <inheritdoc cref="IStyledGenerator.Draw"/>
    public Tensor Draw(Tensor styles, IReadOnlyList<Tensor> noises)
    {
        if (noises.Count != NoiseSides.Count)
            throw new ArgumentException($"There are {noises.Count} noises for {NoiseSides.Count} blocks.", nameof(noises));
        using var scope = NewDisposeScope();
        var features = Begin(styles, _blocks[0], noises.Count > 0 ? noises[0] : null);
        for (var index = 1; index < _blocks.Length; index++)
            features = Apply(WithRgb(features, index), index, _blocks[index], noises.Count > 0 ? noises[index] : null);
        return Output(features).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="IStyledGenerator.DrawMoved"/>
    public Tensor DrawMoved(Tensor styles, IReadOnlyList<Tensor> changes)
    {
        if (changes.Count != _ownParts.Length)
            throw new ArgumentException($"There are {changes.Count} changes for {_ownParts.Length} weights.", nameof(changes));
        var moves = _ownParts.Zip(changes).ToDictionary(pair => (pair.First.Part, pair.First.Index), pair => pair.Second);
        using var scope = NewDisposeScope();
        var constant = moves[(Part.Constant, 0)].Add(_constant);
        var features = new SplitFeatures(_blocks[0].Forward(constant, StyleAt(styles, 0), part => moves[(part, 0)]), [styles]);
        for (var index = 1; index < _blocks.Length; index++)
        {
            features = WithMovedRgb(features, index);
            var block = index;
            features = features with { Maps = _blocks[index].Forward(features.Maps, StyleAt(styles, index), part => moves[(part, block)]) };
        }

        return InThreeColors(WithMovedRgb(features, _blocks.Length).Context[1]).MoveToOuterDisposeScope();

        SplitFeatures WithMovedRgb(SplitFeatures given, int layer) =>
            WithRgb(given, layer, rgb => rgb.Forward(given.Maps, StyleAt(styles, layer), part => moves[(part, layer - 1)]));
    }

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new StyleGan2RestrictedLower(this, partition, split);

    /// <inheritdoc/>
    public void Dispose()
    {
        _constant.Dispose();
        foreach (var block in _blocks)
            block.Dispose();
        foreach (var rgb in _rgb)
            rgb?.Dispose();
    }

    /// <summary>A block, from 0.</summary>
    public StyledBlock BlockAt(int index) => _blocks[index];

    /// <summary>What the first block gives of styles, with all or some of its channels.</summary>
    /// <param name="styles">[N, S] or [N, P, S].</param>
    /// <param name="block">The first block.</param>
    /// <param name="noise">As of <see cref="StyledBlock.Forward(Tensor, Tensor, Tensor?)"/>.</param>
    public SplitFeatures Begin(Tensor styles, StyledBlock block, Tensor? noise = null) =>
        Apply(new SplitFeatures(_constant.expand(styles.shape[0], -1, -1, -1), [styles]), 0, block, noise);

    /// <summary>The maps of a block, with all or some of its channels.</summary>
    /// <param name="features">What it takes.</param>
    /// <param name="index">Which block it is, from 0.</param>
    /// <param name="block">The block.</param>
    /// <param name="noise">As of <see cref="StyledBlock.Forward(Tensor, Tensor, Tensor?)"/>.</param>
    public static SplitFeatures Apply(SplitFeatures features, int index, StyledBlock block, Tensor? noise = null) =>
        features with
        {
            Maps = block.Forward(features.Maps, StyleAt(features.Context[0], index), noise),
        };

    /// <summary>The features after <paramref name="layer"/> blocks with the image of the maps added, where a resolution ends with them.</summary>
    public SplitFeatures WithRgb(SplitFeatures features, int layer) =>
        WithRgb(features, layer, rgb => rgb.Forward(features.Maps, StyleAt(features.Context[0], layer)));

    private SplitFeatures WithRgb(SplitFeatures features, int layer, Func<RgbLayer, Tensor> draw)
    {
        if (_rgb[layer - 1] is not { } rgb)
            return features;
        var own = draw(rgb);
        return features with
        {
            Context = [features.Context[0], features.Context is [_, var before] ? own.Add(Enlargement.Image(before)) : own],
        };
    }

    private Tensor InThreeColors(Tensor image) => _architecture.Colors == 3 ? image : image.expand(-1, 3, -1, -1);

    private static Tensor StyleAt(Tensor styles, int place) => styles.dim() == 3 ? styles.select(1, place) : styles;
}
