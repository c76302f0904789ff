using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Styles;

/// <summary>How tensors lie in the official files for TensorFlow: weights as [inputs, outputs], kernels as [height, width, inputs, outputs].</summary>
internal static class KarrasTensors
{
    /// <inheritdoc cref="StyledLayout.MappingSizes"/>
    public static (long Style, long Latent)? MappingSizes(IReadOnlyList<long> shape) =>
        shape is [var latent, var style] ? (style, latent) : null;

    /// <inheritdoc cref="StyledLayout.KernelSizes"/>
    public static (long Outputs, long Inputs)? KernelSizes(IReadOnlyList<long> shape, int side) =>
        shape is [var height, var width, var inputs, var outputs] && height == side && width == side ? (outputs, inputs) : null;

    /// <summary>A weight's elements as [outputs, inputs].</summary>
    public static float[] ReadWeight(StateDict tensors, string name, long outputs, long inputs) =>
        ElementOrder.Permute(tensors.ReadFloats(name, inputs, outputs), [inputs, outputs], [1, 0]);

    /// <summary>A kernel's elements as [outputs, inputs, height, width].</summary>
    /// <param name="tensors">Where it is.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="shape">[outputs, inputs, height, width].</param>
    public static float[] ReadKernel(StateDict tensors, string name, params ReadOnlySpan<long> shape)
    {
        long[] stored = [shape[2], shape[3], shape[1], shape[0]];
        return ElementOrder.Permute(tensors.ReadFloats(name, stored), stored, [3, 2, 0, 1]);
    }
}
