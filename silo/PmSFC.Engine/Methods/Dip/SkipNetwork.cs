using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Dip;

/// <summary>
/// A network for each image: at every scale a skip of 1×1 convolutions and a halving by stride and a deeper scale, doubled again bilinearly; 3×3
/// convolutions with reflected borders; each followed by a normalization over the image's own pixels (batch norm of a batch of one) and a leaky
/// ReLU 0.2; a sigmoid in the end. While it is optimized, noise may be added to its input, drawn for each image and step.
/// </summary>
internal sealed class SkipNetwork : ImageModel
{
    private const double NoiseRange = 0.1;

    private static readonly long[] OnePixel = [1, 1, 1, 1];

    private readonly SkipArchitecture _architecture;
    private readonly IReadOnlyList<long> _seeds;
    private readonly int _count;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal); // [B, …]
    private readonly Tensor _noise; // [B, 32, H, W]

    public SkipNetwork(InversionProblem problem, SkipArchitecture architecture)
    {
        _architecture = architecture;
        _seeds = problem.Seeds;
        _count = problem.Seeds.Count;
        var (device, dtype) = (problem.Generator.Device, problem.Generator.Dtype);
        var random = problem.Seeds.Select(seed => new torch.Generator(unchecked((ulong)seed), CPU)).ToArray();
        using var scope = NewDisposeScope();
        foreach (var (name, input, output, kernel, _) in architecture.Convolutions())
        {
            var spread = 1 / Math.Sqrt((double)input * kernel * kernel);
            Add($"{name}.weight", Uniform(-spread, spread, output, kernel, kernel, input)); // channels innermost, see NetworkLayers.ChannelsLast
            Add($"{name}.bias", Uniform(-spread, spread, output));
            if (name != "out")
                AddNormalization(name, output);
            if (name.EndsWith(".skip", StringComparison.Ordinal))
                AddNormalization($"{name}.join", architecture.Channels + architecture.SkipChannels);
        }

        _noise = Constant("noise", Uniform(0, NoiseRange, SkipArchitecture.Noise, architecture.Resolution, architecture.Resolution));
        foreach (var generator in random)
            generator.Dispose();

        void Add(string name, Tensor start) => _tensors.Add(name, Parameter(name, start));

        void AddNormalization(string name, int channels)
        {
            Add($"{name}.gain", ones(_count, channels, dtype: dtype, device: device));
            Add($"{name}.shift", zeros(_count, channels, dtype: dtype, device: device));
        }

        Tensor Uniform(double low, double high, params long[] shape) =>
            stack(random.Select(own => rand(shape, dtype: ScalarType.Float32, device: CPU, generator: own)).ToArray())
                .Multiply(high - low)
                .Add(low)
                .to(dtype, device);
    }

    public override Tensor Images() => Images(image => _noise.narrow(0, image, 1));

    public override Tensor Images(int iteration) => _architecture.InputJitter > 0 ? Images(image => Jittered(image, iteration)) : Images();

    private Tensor Images(Func<int, Tensor> input)
    {
        using var scope = NewDisposeScope();
        return cat(Enumerable.Range(0, _count).Select(image => Image(image, input(image))).ToArray()).MoveToOuterDisposeScope();
    }

    private Tensor Image(int image, Tensor input) =>
        Convolve(image, "out", Scale(image, 0, input), stride: 1).sigmoid().Multiply(2).Subtract(1);

    private Tensor Jittered(int image, int iteration)
    {
        using var scope = NewDisposeScope();
        var jitter = NormalNumbers.Draw(_seeds[image], iteration, [1, .. _noise.shape[1..]]).Multiply(_architecture.InputJitter);
        return _noise.narrow(0, image, 1).Add(jitter.to(_noise.dtype, _noise.device)).MoveToOuterDisposeScope();
    }

    private Tensor Scale(int image, int scale, Tensor x)
    {
        var skip = Block(image, $"{scale}.skip", x, stride: 1);
        var deep = Block(image, $"{scale}.deep", Block(image, $"{scale}.down", x, stride: 2), stride: 1);
        if (scale + 1 < _architecture.Scales)
            deep = Scale(image, scale + 1, deep);
        return Block(image, $"{scale}.mix", Block(image, $"{scale}.up", Join(image, scale, skip, deep), stride: 1), stride: 1);
    }

    private Tensor Join(int image, int scale, Tensor skip, Tensor deep)
    {
        using var scope = NewDisposeScope();
        bool? corners = _architecture.Upsampling == InterpolationMode.Bilinear ? false : null;
        var wide = nn.functional.interpolate(deep, skip.shape[2..], mode: _architecture.Upsampling, align_corners: corners);
        return Normalize(image, $"{scale}.skip.join", cat([skip, wide], 1)).MoveToOuterDisposeScope();
    }

    private Tensor Block(int image, string name, Tensor x, int stride)
    {
        using var scope = NewDisposeScope();
        return NetworkLayers.Activate(Normalize(image, name, Convolve(image, name, x, stride))).MoveToOuterDisposeScope();
    }

    private Tensor Convolve(int image, string name, Tensor x, int stride)
    {
        var weight = _tensors[$"{name}.weight"].select(0, image).permute(0, 3, 1, 2);
        var padded = weight.shape[2] == 1 ? x : nn.functional.pad(x, OnePixel, PaddingModes.Reflect);
        return NetworkLayers.ConvolveInside(padded, weight, _tensors[$"{name}.bias"].select(0, image), stride);
    }

    private Tensor Normalize(int image, string name, Tensor x) =>
        nn.functional.instance_norm(x, null, null, _tensors[$"{name}.gain"].select(0, image), _tensors[$"{name}.shift"].select(0, image));
}
