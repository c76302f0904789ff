using PmSFC.Engine.Costs;
using PmSFC.Engine.Perceptual.Trunks;

namespace PmSFC.Engine.Perceptual;

/// <summary>The sizes of a <see cref="TrunkFeatures"/>.</summary>
public sealed class TrunkFeaturesArchitecture : IPerceptualArchitecture
{
    private const int ThirdDepth = 3;

    private TrunkFeaturesArchitecture(
        string name,
        TrunkArchitecture trunk,
        int taps,
        TrunkInput input,
        TrunkFeaturesArchitecture? deeper = null
    ) => (Name, Trunk, Taps, Input, Deeper) = (name, trunk, taps, input, deeper);

    /// <summary>VGG16 to relu3_3.</summary>
    public static TrunkFeaturesArchitecture Vgg16 { get; } =
        new(PerceptualSetting.Vgg16, TrunkArchitecture.Vgg16, ThirdDepth, TrunkInput.ImageNet);

    /// <summary>VGG16 to relu4_2, without a change of the images.</summary>
    public static TrunkFeaturesArchitecture Vgg16Relu42 { get; } =
        new(PerceptualSetting.Vgg16Relu42, TrunkArchitecture.Vgg16Relu42, 1, TrunkInput.AsItIs);

    /// <summary>VGG16 to relu3_3, from a file that serves for relu4_2 too.</summary>
    public static TrunkFeaturesArchitecture Vgg16AndRelu42 { get; } =
        new(PerceptualSetting.Vgg16, TrunkArchitecture.Vgg16, ThirdDepth, TrunkInput.ImageNet, Vgg16Relu42);

    /// <summary>SqueezeNet 1.1 to its Fire module 7.</summary>
    public static TrunkFeaturesArchitecture SqueezeNet { get; } =
        new(PerceptualSetting.SqueezeNet, TrunkArchitecture.SqueezeNet, ThirdDepth, TrunkInput.ImageNet);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>A file that serves two depths is loaded to the deeper one.</remarks>
    public double Weights =>
        (Deeper ?? this)
            .Layers.SelectMany(layer => layer.Convolutions)
            .Sum(layer => (double)layer.Inputs * layer.Outputs * layer.Size * layer.Size);

    internal TrunkArchitecture Trunk { get; }

    /// <summary>How many of the trunk's taps are needed; the last of them gives the features.</summary>
    internal int Taps { get; }

    internal TrunkInput Input { get; }

    internal TrunkFeaturesArchitecture? Deeper { get; }

    private IReadOnlyList<TrunkLayer> Layers => Trunk.LayersTo(Taps);

    /// <inheritdoc/>
    public int? OnlyResolution => null;

    /// <summary>The network of a setting's word, wherever it comes from; null where it is none of VGG16's and SqueezeNet's.</summary>
    public static TrunkFeaturesArchitecture? Named(string name) =>
        new[] { Vgg16, Vgg16Relu42, SqueezeNet }.FirstOrDefault(network => network.Name == name);

    /// <inheritdoc/>
    public IPerceptualArchitecture? Find(string name) => name == Name ? this : Deeper?.Find(name);

    /// <inheritdoc/>
    public NetworkCost Cost(int resolution) => Pass(resolution).Cost;

    /// <inheritdoc/>
    public double Features(int resolution) => Pass(resolution).Features;

    private (NetworkCost Cost, double Features) Pass(int resolution)
    {
        double side = Input == TrunkInput.AsItIs ? resolution : TrunkFeatures.Side,
            channels = 3;

        // The resized image, and it in ImageNet's scale.
        var cost = Input == TrunkInput.AsItIs ? default : LayerCost.Map(2 * channels * side * side);
        foreach (var layer in Layers)
        {
            foreach (var convolution in layer.Convolutions)
            {
                side = Math.Ceiling(side / convolution.Stride);
                channels = convolution.Outputs;
                cost += LayerCost.ActivatedConvolution(
                    convolution.Inputs,
                    channels,
                    convolution.Size * convolution.Size,
                    side * side,
                    convolution.Stride
                );
            }

            if (layer is Fire fire)
            {
                channels = fire.Narrow.Outputs + fire.Wide.Outputs;
                cost += LayerCost.Map(channels * side * side);
            }

            if (layer is not Pooling)
                continue;
            cost += LayerCost.MaximumPooling(channels, side * side);
            side /= 2;
        }

        return (cost, channels * side * side);
    }
}
