using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// A StyleGAN2 generator without its mapping. A cut is after a block's activation and before the RGB image of its maps is added: the context is the styles and,
/// but at the first cut, the image so far [N, colors, r, r], r being the last resolution that has ended.
/// </summary>
internal sealed class StyleGan2Synthesis : StyledSynthesis
{
    private readonly RgbLayer?[] _rgb; // by block, for those that end a resolution

    public StyleGan2Synthesis(StyleGan2Weights weights, StyleGan2Architecture architecture, Device device, ScalarType dtype)
        : base(
            weights,
            architecture,
            [.. Enumerable.Range(0, architecture.Layers).Select(i => StyledBlock.Load(weights, architecture, i, device, dtype))],
            device,
            dtype
        ) =>
        _rgb = [
            .. Enumerable
                .Range(0, architecture.Layers)
                .Select(i => architecture.EndsResolution(i + 1) ? RgbLayer.Load(weights, architecture, i, device, dtype) : null),
        ];

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        foreach (var rgb in _rgb)
            rgb?.Dispose();
    }

    /// <summary>The features with the image of the maps added, where a resolution ends with them.</summary>
    protected override SplitFeatures Entering(SplitFeatures features, int index, Func<Part, Tensor>? moves = null)
    {
        if (index == 0 || _rgb[index - 1] is not { } rgb)
            return features;
        var style = StyleAt(features.Context[0], index);
        var own = moves is null ? rgb.Forward(features.Maps, style) : rgb.Forward(features.Maps, style, moves);
        return features with
        {
            Context = [features.Context[0], features.Context is [_, var before] ? own.Add(Enlargement.Image(before)) : own],
        };
    }

    protected override Tensor Image(SplitFeatures features, Func<Part, Tensor>? moves = null) =>
        Entering(features, _rgb.Length, moves).Context[1];
}
