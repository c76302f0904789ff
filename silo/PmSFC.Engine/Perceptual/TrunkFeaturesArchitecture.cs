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
    public NetworkCost Cost(int resolution)
    {
        double side = TrunkFeatures.Side, channels = 3;
        var cost = new NetworkCost(3 * side * side, 3 * side * side, 0);
        foreach (var layer in Layers)
        {
            foreach (var convolution in layer.Convolutions)
            {
                side = Math.Ceiling(side / convolution.Stride);
                channels = convolution.Outputs;
                var outputs = channels * side * side;
                cost += new NetworkCost(outputs, outputs, outputs * convolution.Inputs * convolution.Size * convolution.Size);
            }

            if (layer is Fire fire)
            {
                channels = fire.Narrow.Outputs + fire.Wide.Outputs;
                cost += new NetworkCost(channels * side * side, channels * side * side, 0);
            }

            if (layer is not Pooling) continue;
            side /= 2;
            // The largest of each square, and where it was as a number of twice the size.
            cost += new NetworkCost(3 * channels * side * side, channels * side * side, 0);
        }

        return cost;
    }
}
