using PmSFC.Engine.Perceptual.Trunks;
using PmSFC.Engine.Planning;

namespace PmSFC.Engine.Perceptual;

/// <summary>The sizes of a <see cref="TrunkFeatures"/>.</summary>
public sealed class TrunkFeaturesArchitecture : IPerceptualArchitecture
{
    private const int Taps = 3;

    private TrunkFeaturesArchitecture(string name, TrunkArchitecture trunk) => (Name, Trunk) = (name, trunk);

    /// <summary>VGG16 to relu3_3.</summary>
    public static TrunkFeaturesArchitecture Vgg16 { get; } = new(PerceptualSetting.Vgg16, TrunkArchitecture.Vgg16);

    /// <summary>SqueezeNet 1.1 to its Fire module 7.</summary>
    public static TrunkFeaturesArchitecture SqueezeNet { get; } = new(PerceptualSetting.SqueezeNet, TrunkArchitecture.SqueezeNet);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public double Weights => Layers.SelectMany(layer => layer.Convolutions).Sum(layer => (double)layer.Inputs * layer.Outputs * layer.Size * layer.Size);

    internal TrunkArchitecture Trunk { get; }

    internal int NeededTaps => Taps;

    private IReadOnlyList<TrunkLayer> Layers => Trunk.LayersTo(Taps);

    /// <inheritdoc/>
    public int? OnlyResolution => null;

    /// <inheritdoc/>
    public NetworkCost Cost(int resolution) => Pass().Cost;

    /// <inheritdoc/>
    public double Features(int resolution) => Pass().Features;

    private (NetworkCost Cost, double Features) Pass()
    {
        double side = TrunkFeatures.Side, channels = 3;

        // The resized image, and it in ImageNet's scale.
        var cost = LayerCost.Map(2 * channels * side * side);
        foreach (var layer in Layers)
        {
            foreach (var convolution in layer.Convolutions)
            {
                side = Math.Ceiling(side / convolution.Stride);
                channels = convolution.Outputs;
                cost += LayerCost.ActivatedConvolution(
                    convolution.Inputs, channels, convolution.Size * convolution.Size, side * side, convolution.Stride);
            }

            if (layer is Fire fire)
            {
                channels = fire.Narrow.Outputs + fire.Wide.Outputs;
                cost += LayerCost.Map(channels * side * side);
            }

            if (layer is not Pooling) continue;
            cost += LayerCost.MaximumPooling(channels, side * side);
            side /= 2;
        }

        return (cost, channels * side * side);
    }
}
