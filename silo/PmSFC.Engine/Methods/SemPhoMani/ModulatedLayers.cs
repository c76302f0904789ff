using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SemPhoMani;

/// <summary>
/// Images of fixed features, where what some later blocks give is multiplied by 1 + s. A block's s comes from a small network on fixed noise, one for
/// each image: a 3×3 convolution, a leaky ReLU 0.2 and another 3×3 convolution, which begins at 0, so that the search begins at the features' image.
/// </summary>
internal sealed class ModulatedLayers : ImageModel
{
    /// <summary>Maps of the noise.</summary>
    public const int Noise = 8;

    private static readonly long[] OverMaps = [1, 2, 3];

    private readonly IGenerator _generator;
    private readonly SplitFeatures _features;
    private readonly int _from;
    private readonly int[] _layers;
    private readonly int _images;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal); // [B, …]
    private readonly Dictionary<int, Tensor> _noise = []; // [1, 8, h, w], by layer
    private readonly Scalar _weight;

    /// <param name="problem">Noise and first weights come from the seed of its network, so that they are the same for every image.</param>
    /// <param name="settings">Widths and weights.</param>
    /// <param name="features">What block <paramref name="from"/> gives.</param>
    /// <param name="from">Number of blocks before the features.</param>
    public ModulatedLayers(InversionProblem problem, SemPhoManiSettings settings, SplitFeatures features, int from)
    {
        var architecture = problem.Generator.Architecture;
        var (width, seed) = (settings.Width, problem.Network!.Seed);
        _generator = problem.Generator;
        _from = from;
        _layers = [.. SemPhoManiMethod.Modulated(architecture, from)];
        _images = problem.Seeds.Count;
        _weight = settings.ModulationWeight;
        using var scope = NewDisposeScope();
        _features = new SplitFeatures(
            Constant("features", features.Maps.detach().clone()),
            [.. features.Context.Select((tensor, i) => Constant($"context.{i}", tensor.detach().clone()))]
        );
        foreach (var layer in _layers)
        {
            var (side, channels) = (architecture.ResolutionAt(layer), architecture.ChannelsAt(layer));
            _noise.Add(layer, Normal(2 * layer, 1, Noise, side, side).DetachFromDisposeScope());

            // Channels innermost, see NetworkLayers.ChannelsLast.
            var first = Normal(2 * layer + 1, width, 3, 3, Noise).Multiply(Math.Sqrt(2.0 / (9 * Noise)));
            Add($"{layer}.in.weight", first.expand(_images, -1, -1, -1, -1).clone());
            Add($"{layer}.in.bias", Zeros(width));
            Add($"{layer}.out.weight", Zeros(channels, 3, 3, width));
            Add($"{layer}.out.bias", Zeros(channels));
        }

        void Add(string name, Tensor start) => _tensors.Add(name, Parameter(name, start));

        Tensor Zeros(params long[] shape) => zeros([_images, .. shape], dtype: _generator.Dtype, device: _generator.Device);

        Tensor Normal(long draw, params long[] shape) => NormalNumbers.Draw(seed, draw, shape).to(_generator.Dtype, _generator.Device);
    }

    public override PixelDistance Distance => PixelDistance.Absolute;

    public override Tensor Images()
    {
        using var scope = NewDisposeScope();
        var x = _features;
        for (var block = _from; block < _generator.Architecture.Layers; block++)
        {
            x = _generator.Advance(x, block, block + 1);
            if (_layers.Contains(block + 1))
                x = x with { Maps = Modulate(x.Maps, block + 1) };
        }

        return _generator.Output(x).MoveToOuterDisposeScope();
    }

    public override Tensor? Penalty()
    {
        using var scope = NewDisposeScope();
        var squares = _layers.Select(layer => Modulation(layer).Squared().mean(OverMaps)).Aggregate((sum, term) => sum.Add(term));
        return (squares * _weight).MoveToOuterDisposeScope();
    }

    public override void Dispose()
    {
        base.Dispose();
        _weight.Dispose();
        foreach (var noise in _noise.Values)
            noise.Dispose();
    }

    private Tensor Modulate(Tensor x, int layer)
    {
        using var scope = NewDisposeScope();
        return (x * Modulation(layer).Add(1)).MoveToOuterDisposeScope();
    }

    /// <returns>s: [B, C, h, w].</returns>
    private Tensor Modulation(int layer) =>
        cat(
            Enumerable
                .Range(0, _images)
                .Select(image =>
                {
                    var hidden = NetworkLayers.Activate(Convolve(_noise[layer], $"{layer}.in", image));
                    return Convolve(hidden, $"{layer}.out", image);
                })
                .ToArray()
        );

    private Tensor Convolve(Tensor x, string name, int image) =>
        NetworkLayers.Convolve(
            x,
            _tensors[$"{name}.weight"].select(0, image).permute(0, 3, 1, 2),
            _tensors[$"{name}.bias"].select(0, image)
        );
}
