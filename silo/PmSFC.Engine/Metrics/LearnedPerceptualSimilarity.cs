using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Engine.Perceptual.Trunks;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Metrics;

/// <summary>
/// LPIPS 0.1 (Zhang, Isola, Efros, Shechtman and Wang 2018): squared differences of a classifier's features, normalized at each pixel and weighed by
/// learned heads; mean over pixels, sum over five or seven depths. 0 for equal images. The name holds for trunks that were trained on ImageNet.
/// </summary>
public sealed class LearnedPerceptualSimilarity : IWeightedMetric
{
    private static readonly Scalar Epsilon = 1e-10;

    private readonly TrunkArchitecture _architecture;
    private readonly string _label,
        _heads;

    private LearnedPerceptualSimilarity(string heads, string label, TrunkArchitecture architecture) =>
        (_heads, _label, _architecture) = (heads, label, architecture);

    /// <summary>With AlexNet, the one that papers quote.</summary>
    public static LearnedPerceptualSimilarity Alex { get; } = new("alex", "AlexNet", TrunkArchitecture.AlexNet);

    /// <summary>With VGG16.</summary>
    public static LearnedPerceptualSimilarity Vgg { get; } = new("vgg", "VGG16", TrunkArchitecture.Vgg16);

    /// <summary>With SqueezeNet 1.1.</summary>
    public static LearnedPerceptualSimilarity Squeeze { get; } = new("squeeze", "SqueezeNet 1.1", TrunkArchitecture.SqueezeNet);

    /// <inheritdoc/>
    public string Name => $"lpips-{_heads}";

    /// <inheritdoc/>
    public string Title => $"LPIPS ({_heads})";

    /// <inheritdoc/>
    public string Unit => "0 and more";

    /// <inheritdoc/>
    public bool HigherIsBetter => false;

    /// <inheritdoc/>
    public int Digits => 4;

    /// <inheritdoc/>
    public LoadedMetric Load(WeightsFolder folder)
    {
        var name = _architecture.Name;
        var trunk = folder.Read(
            $"{_label} weights",
            ReadTrunk,
            $"{name}/*.safetensors",
            $"{name}/*.pth",
            $"{name}*.safetensors",
            $"{name}*.pth"
        );
        try
        {
            var heads = folder.Read($"LPIPS heads for {_label}", ReadHeads, $"lpips/v0.1_{_heads}.pth", $"v0.1_{_heads}.pth");
            var model = new Model(trunk.Value, heads.Value);
            return new LoadedMetric(this, [heads.Source, trunk.Source], (reference, image) => Measure(model, reference, image), model);
        }
        catch
        {
            trunk.Value.Dispose();
            throw;
        }
    }

    private float[][] ReadHeads(StateDict file)
    {
        var heads = NetworkSearch.FindOrThrow(file, "lin0.model.1.weight").Tensors;
        return [.. _architecture.TapChannels.Select((channels, i) => heads.ReadFloats($"lin{i}.model.1.weight", 1, channels, 1, 1))];
    }

    private Trunk ReadTrunk(StateDict file)
    {
        var trunk = NetworkSearch.Find(file, "features.0.weight")?.Tensors ?? file;
        Classifier.Check(trunk, _architecture.Name);
        return new Trunk(_architecture, trunk, CPU);
    }

    private double Measure(Model model, RgbImage reference, RgbImage image)
    {
        var least = _architecture.SmallestSide;
        return Math.Min(image.Width, image.Height) >= least
            ? model.Distance(reference, image)
            : throw new UndefinedMetricException(
                $"{Name} needs images of at least {least}×{least} pixels, but these are {image.Width}×{image.Height}."
            );
    }

    private sealed class Model : IDisposable
    {
        private static readonly long[] OverChannels = [1];

        private readonly Trunk _trunk;
        private readonly Tensor[] _heads;

        /// <param name="trunk">The classifier, which the model disposes.</param>
        /// <param name="heads">Weights for each tap.</param>
        public Model(Trunk trunk, float[][] heads)
        {
            _trunk = trunk;
            using var scope = NewDisposeScope();
            _heads = Array.ConvertAll(heads, weight => tensor(weight).view(1, -1, 1, 1).MoveToOuterDisposeScope());
        }

        public double Distance(RgbImage reference, RgbImage image)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var images = ImageNet.Normalize(ImageTensors.ToTensor([reference, image], CPU));
            var distance = 0.0;
            foreach (var (head, features) in _heads.Zip(_trunk.Features(images)))
            {
                var norm = features.Squared().sum(OverChannels, keepdim: true).sqrt_();
                var directions = features / norm.AddInPlace(Epsilon);
                var difference = directions.narrow(0, 0, 1) - directions.narrow(0, 1, 1);
                distance += difference.Squared().mul_(head).sum(OverChannels).mean().item<float>();
            }

            return distance;
        }

        public void Dispose()
        {
            _trunk.Dispose();
            foreach (var head in _heads)
                head.Dispose();
        }
    }
}
