using PmSFC.Engine.Costs;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>The sizes of a network for super-resolution, and what it computes.</summary>
/// <param name="Factor">How many times wider and higher it makes an image, a power of 2.</param>
internal abstract record SuperResolutionArchitecture(int Factor)
{
    /// <summary>Every convolution that is trained, by the names under which weights are stored.</summary>
    public abstract IEnumerable<SuperResolutionLayer> Layers { get; }

    /// <summary>What is part of the network but not trained, with the values of the authors, by the names under which it is stored.</summary>
    public virtual IReadOnlyList<(string Name, long[] Shape, float[] Values)> Buffers => [];

    /// <summary>Every tensor as it is stored, with its sizes.</summary>
    public IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        foreach (var layer in Layers)
        {
            yield return ($"{layer.Name}.weight", layer.Shape);
            yield return ($"{layer.Name}.bias", [layer.Output]);
        }

        foreach (var (name, shape, _) in Buffers)
            yield return (name, shape);
    }

    /// <summary>Number of times that maps are doubled.</summary>
    public int Doublings => int.Log2(Factor);

    /// <summary>Number of weights, biases left out.</summary>
    public double Parameters => Layers.Sum(layer => (double)layer.Input * layer.Output * layer.Size * layer.Size);

    /// <summary>Larger images.</summary>
    /// <param name="images">[N, 3, h, w], nominal range −1 to 1, R, G and B in this order.</param>
    /// <param name="tensors">Weights, biases and buffers by name; convolutions as <see cref="NetworkLayers.ChannelsLast"/> lays them out.</param>
    /// <returns>[N, 3, factor · h, factor · w], not clamped; owned by the caller's dispose scope.</returns>
    public abstract Tensor Enlarge(Tensor images, Func<string, Tensor> tensors);

    /// <summary>Most numbers that <see cref="Enlarge"/> holds at one time without gradients, for each pixel of the small image.</summary>
    protected abstract double HeldPerPixel { get; }

    /// <summary>What an image takes without gradients, and the network that it goes through.</summary>
    /// <param name="side">Width and height of the small image, pixels.</param>
    public ModelPlan PlanWithoutGradients(int side) =>
        new(new NetworkCost(0, HeldPerPixel * side * side, Cost(side).MultiplyAdds), 0) { Shared = Parameters };

    /// <summary>What one pass over an image takes in training.</summary>
    /// <param name="side">Width and height of the small image, pixels.</param>
    public NetworkCost Cost(int side) => Layers.Aggregate(default(NetworkCost), (cost, layer) =>
        {
            var pixels = layer.Scale == 0 ? 1 : Math.Pow((double)side * layer.Scale, 2);
            double input = layer.Input * pixels,
                output = layer.Output * pixels;
            return cost + new NetworkCost(input + output, 2 * (input + output), layer.Size * layer.Size * input * layer.Output);
        });

    /// <summary>A convolution that keeps the size of maps.</summary>
    protected static Tensor Convolve(Tensor x, string name, Func<string, Tensor> tensors) =>
        NetworkLayers.Convolve(x, tensors($"{name}.weight"), tensors($"{name}.bias"));
}
