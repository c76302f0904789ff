using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.SecondFamily;

/// <summary>
/// Styles s = tanh(M z / |z|); blocks of nearest ×2 (but for the first), inputs times 1 + S s, 3×3 convolution and leaky ReLU 0.2; the image is the sum of
/// each block's RGB, enlarged. A cut is after a block and before its RGB is added: the context is the styles [N, S] and the image so far [N, 3, h, w].
/// </summary>
internal sealed class StyledGenerator : IGenerator
{
    private static readonly Scalar Slope = 0.2,
        One = 1,
        Guard = 1e-8;

    private readonly IReadOnlyDictionary<string, Tensor> _tensors;

    public StyledGenerator(StyledArchitecture architecture, IReadOnlyDictionary<string, Tensor> tensors, Device device, ScalarType dtype)
    {
        Architecture = architecture;
        _tensors = tensors;
        Device = device;
        Dtype = dtype;
    }

    public GeneratorArchitecture Architecture { get; }

    public Device Device { get; }

    public ScalarType Dtype { get; }

    public Tensor NormalizeLatents(Tensor z) => z.div((z * z).mean([1L], keepdim: true).add(Guard, One).sqrt());

    public SplitFeatures Lower(Tensor z, int split)
    {
        Architecture.CheckSplit(split);
        using var scope = NewDisposeScope();
        return Advance(First(z, _tensors["block0.weight"]), 1, split).MoveToOuterDisposeScope();
    }

    public SplitFeatures Advance(SplitFeatures features, int from, int to)
    {
        for (var index = from; index < to; index++)
            features = Block(Enlarged(features, index), index, _tensors[$"block{index}.weight"]);
        return features;
    }

    public Tensor Output(SplitFeatures features) => WithRgb(features, Architecture.Layers);

    public IRestrictedLower Restrict(ChannelPartition partition, int split) => new StyledRestrictedLower(this, partition, split);

    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }

    /// <summary>Some output channels of a block's weight; owned by the caller's dispose scope.</summary>
    public Tensor Slice(int index, Tensor channels) => _tensors[$"block{index}.weight"].index_select(0, channels);

    /// <summary>What the first block gives, with all or some of its channels.</summary>
    public SplitFeatures First(Tensor z, Tensor weight)
    {
        var styles = NormalizeLatents(z).mm(_tensors["mapping.styled"].t()).tanh();
        var constant = _tensors["constant"].unsqueeze(0).expand(z.shape[0], -1, -1, -1);
        return Block(new SplitFeatures(constant, [styles, zeros([z.shape[0], 3, 4, 4], dtype: Dtype, device: Device)]), 0, weight);
    }

    /// <summary>What a block's convolution begins with: maps and image of twice the size.</summary>
    public SplitFeatures Enlarged(SplitFeatures features, int index) =>
        new(Twice(features.Maps), [features.Context[0], Twice(WithRgb(features, index))]);

    /// <summary>A block with all or some of its output channels.</summary>
    public SplitFeatures Block(SplitFeatures features, int index, Tensor weight)
    {
        var scale = features.Context[0].mm(_tensors[$"block{index}.style"].t()).add(One, One).unsqueeze(-1).unsqueeze(-1);
        using var none = zeros(weight.shape[0], dtype: Dtype, device: Device);
        return features with { Maps = Convolution.Apply(features.Maps * scale, weight, none, 1, 1).leaky_relu(Slope) };
    }

    private Tensor WithRgb(SplitFeatures features, int layer)
    {
        using var none = zeros(3, dtype: Dtype, device: Device);
        return features.Context[1].add(Convolution.Apply(features.Maps, _tensors[$"rgb{layer - 1}.weight"], none, 1, 0), One);
    }

    private static Tensor Twice(Tensor x) =>
        nn.functional.interpolate(x, [2 * x.shape[2], 2 * x.shape[3]], mode: InterpolationMode.Nearest);
}
