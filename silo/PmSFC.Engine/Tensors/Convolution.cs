using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>The convolution that the engine's networks are made of.</summary>
public static class Convolution
{
    /// <summary>Convolves maps with a weight of any layout, kept from the faults of libraries that are known.</summary>
    /// <param name="x">[N, input, h, w].</param>
    /// <param name="weight">[output, input, size, size].</param>
    /// <param name="bias">[output].</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <returns>[N, output, h', w']; owned by the caller's dispose scope.</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor bias, int stride, int padding) =>
        NetworkLayers.Convolve(x, NetworkLayers.ChannelsLast(weight), bias, [stride, stride], [padding, padding]);
}
