using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A StyleGAN2 generator on a device, weights frozen. A cut is after a block's activation and before the RGB image of its maps is added: the context is the
/// styles [N, S] and, but at the first cut, the image so far [N, colors, r, r], r being the last resolution that has ended. Noise is what the file holds,
/// the same for every image; without, there is none.
/// </summary>
internal sealed class StyleGan2Generator : IGenerator
{
    private static readonly Scalar Slope = 0.2;

    private readonly StyleGan2Architecture _architecture;
    private readonly (Tensor Weight, Tensor Bias)[] _mapping; // [in, S] and [S], with the gain of √2
    private readonly Tensor _constant; // [1, C, 4, 4]
    private readonly StyledBlock[] _blocks;
    private readonly RgbLayer?[] _rgb; // by block, for those that end a resolution

    public StyleGan2Generator(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        (_architecture, Device, Dtype) = (architecture, device, dtype);
        _mapping = [.. Enumerable.Range(0, architecture.MappingLayers).Select(MappingLayer)];
        _constant = weights.Tensor(Part.Constant, 0, device, dtype, 1, architecture.InputsOf(0), 4, 4);
        _blocks = [.. Enumerable.Range(0, architecture.Layers).Select(i => StyledBlock.Load(weights, architecture, i, device, dtype))];
        _rgb =
        [
            .. Enumerable
                .Range(0, architecture.Layers)
                .Select(i => architecture.EndsResolution(i + 1) ? RgbLayer.Load(weights, architecture, i, device, dtype) : null),
        ];
        foreach (var tensor in OwnTensors)
            tensor.DetachFromDisposeScope();

        (Tensor, Tensor) MappingLayer(int index)
        {
            // What is learned is a hundredth of what is stored.
            const double Rate = 0.01;
            long inputs = index == 0 ? architecture.LatentSize : architecture.StyleSize;
            var gain = Rate * Math.Sqrt(2);
            return (
                Style.Matrix(weights.Tensor(Part.MappingWeight, index, device, dtype, architecture.StyleSize, inputs)).Multiply(gain),
                weights.Tensor(Part.MappingBias, index, device, dtype, architecture.StyleSize).Multiply(gain)
            );
        }
    }

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture => _architecture;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public ScalarType Dtype { get; }

    private IEnumerable<Tensor> OwnTensors => [.. _mapping.SelectMany(layer => new[] { layer.Weight, layer.Bias }), _constant];

    /// <inheritdoc/>
    public Tensor NormalizeLatents(Tensor z) => NetworkLayers.PixelNorm(z);

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
            features = Apply(WithRgb(features, index), _blocks[index]);
        return features;
    }

    /// <inheritdoc/>
    public Tensor Output(SplitFeatures features)
    {
        var image = WithRgb(features, _architecture.Layers).Context[1];
        return _architecture.Colors == 3 ? image : image.expand(-1, 3, -1, -1);
    }

    /// <inheritdoc/>
    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new StyleGan2RestrictedLower(this, partition, split);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in OwnTensors)
            tensor.Dispose();
        foreach (var block in _blocks)
            block.Dispose();
        foreach (var rgb in _rgb)
            rgb?.Dispose();
    }

    /// <summary>A block, from 0.</summary>
    public StyledBlock BlockAt(int index) => _blocks[index];

    /// <summary>What the first block gives of codes, with all or some of its channels.</summary>
    /// <param name="z">[N, latent].</param>
    /// <param name="block">The first block.</param>
    public SplitFeatures Begin(Tensor z, StyledBlock block)
    {
        var style = NormalizeLatents(z);
        foreach (var (weight, bias) in _mapping)
            style = style.mm(weight).AddInPlace(bias).leaky_relu_(Slope);
        return Apply(new SplitFeatures(_constant.expand(z.shape[0], -1, -1, -1), [style]), block);
    }

    /// <summary>The maps of a block, with all or some of its channels.</summary>
    public static SplitFeatures Apply(SplitFeatures features, StyledBlock block) =>
        features with
        {
            Maps = block.Forward(features.Maps, features.Context[0]),
        };

    /// <summary>The features after <paramref name="layer"/> blocks with the image of the maps added, where a resolution ends with them.</summary>
    public SplitFeatures WithRgb(SplitFeatures features, int layer)
    {
        if (_rgb[layer - 1] is not { } rgb)
            return features;
        var own = rgb.Forward(features.Maps, features.Context[0]);
        return features with
        {
            Context = [features.Context[0], features.Context is [_, var before] ? own.Add(Enlargement.Image(before)) : own],
        };
    }
}
