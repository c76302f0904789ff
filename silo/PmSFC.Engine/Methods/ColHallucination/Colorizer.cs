using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>A trained colorizer on a device, weights frozen.</summary>
public sealed class Colorizer : IDisposable
{
    private readonly ColorizerArchitecture _architecture;
    private readonly double _temperature;
    private readonly NetworkTensors _tensors;

    private Colorizer(ColorizerArchitecture architecture, double temperature, SafetensorsFile file, Device device, ScalarType dtype)
    {
        (_architecture, _temperature) = (architecture, temperature);
        _tensors = new NetworkTensors(file, ColorizerCheckpoint.Tensors(architecture), device, dtype);
    }

    /// <summary>Puts a colorizer on a device.</summary>
    /// <param name="network">A network of the kind <c>col-hallucination</c>.</param>
    /// <param name="device">Where it works.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">The weights are damaged or do not fit the network's settings.</exception>
    public static Colorizer Load(TrainedNetwork network, Device device, ScalarType dtype)
    {
        var (width, temperature) = ColorizerTraining.BindNetwork(ResolvedSettings.FromCanonical(network.Settings));
        var file = SafetensorsFile.Read(network.Weights, "The colorizer");
        var bins = ColorizerCheckpoint.Bins(file.Header.FileName, file.Header.Entry(ColorizerArchitecture.Output).Shape);
        var architecture = new ColorizerArchitecture(width, bins);
        return new Colorizer(architecture, temperature, file, device, dtype);
    }

    /// <summary>Colours of gray images.</summary>
    /// <param name="images">[N, 3, H, W], −1 to 1, H and W multiples of 8; of their CIELAB lightness alone is made use.</param>
    /// <returns>[N, 3, H, W], −1 to 1: the lightness with the colours that it suggests, as far as sRGB has them; owned by the caller's dispose scope.</returns>
    public Tensor Colorize(Tensor images)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var lightness = CieLab.FromImages(images).narrow(1, 0, 1);
        return CieLab.ToImages(cat([lightness, Predict(lightness)], 1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _tensors.Dispose();

    /// <summary>a and b of CIELAB for its L.</summary>
    /// <param name="lightness">[N, 1, H, W], 0 to 100.</param>
    /// <returns>[N, 2, H, W]; owned by the caller's dispose scope.</returns>
    internal Tensor Predict(Tensor lightness)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var logits = _architecture.Classify(lightness, Tensor, (name, x) => ColorizerArchitecture.Normalize(x, name, Tensor));
        return ColorizerArchitecture.Colors(logits, _tensors[ColorizerArchitecture.Output], _temperature).MoveToOuterDisposeScope();

        Tensor Tensor(string name) => _tensors[name];
    }
}
