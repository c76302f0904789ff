using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>
/// Twice the size with the filter [1, 3, 3, 1]. Zeros between the pixels, a convolution and the filter are one linear map whose value at a pixel depends on
/// 3×3 pixels of the smaller image, so four 3×3 kernels, one for each pixel that becomes of one, give the same without a zero being multiplied.
/// </summary>
internal sealed class Enlargement : IDisposable
{
    private static readonly double[] Taps = [0.25, 0.75, 0.75, 0.25];

    private static readonly Scalar Most = 0.75,
        Little = 0.25;

    private readonly Tensor _along; // [2, 3, 3]
    private readonly Tensor _back; // [3, 2, 3]

    /// <summary>Ready for kernels on a device.</summary>
    public Enlargement(Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var side = Side();
        _along = side.to(dtype, device).DetachFromDisposeScope();
        _back = linalg.pinv(side.flatten(0, 1)).view(3, 2, 3).to(dtype, device).DetachFromDisposeScope();
    }

    /// <summary>The four kernels of a transposed convolution of stride 2 that the filter follows.</summary>
    /// <param name="weight">[O, I, 3, 3] of the transposed convolution, not turned round.</param>
    /// <returns>[4 O, I, 3, 3], for pixel_shuffle.</returns>
    public Tensor Kernel(Tensor weight)
    {
        using var scope = NewDisposeScope();
        return einsum("pak,qbl,oikl->opqiab", _along, _along, weight).reshape(-1, weight.shape[1], 3, 3).MoveToOuterDisposeScope();
    }

    /// <summary>The weight of which <see cref="Kernel"/> made four kernels: they are a linear map of it that loses nothing.</summary>
    /// <param name="kernel">[4 O, I, 3, 3].</param>
    /// <returns>[O, I, 3, 3].</returns>
    public Tensor Weight(Tensor kernel)
    {
        using var scope = NewDisposeScope();
        var parts = kernel.view(-1, 2, 2, kernel.shape[1], 3, 3);
        return einsum("kpa,lqb,opqiab->oikl", _back, _back, parts).MoveToOuterDisposeScope();
    }

    /// <summary>An image of twice the size: zeros between the pixels, then the filter.</summary>
    /// <remarks>
    /// As sums, since in single precision libtorch's convolution of maps of one channel gives wrong gradients (oneDNN 3.7.1, on AVX-512 CPUs).
    /// </remarks>
    /// <param name="image">[N, colors, h, w].</param>
    /// <returns>[N, colors, 2 h, 2 w]; owned by the caller's dispose scope.</returns>
    public static Tensor Image(Tensor image)
    {
        using var scope = NewDisposeScope();
        return Along(Along(image, 2), 3).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _along.Dispose();
        _back.Dispose();
    }

    /// <summary>
    /// Along one side: pixel 2a + p is Σ_i x[a + i − 1] g[2 (1 − i) + p], where g[d] = Σ_t f[t] w[d + t − 1].
    /// </summary>
    /// <returns>[p, i, k], of doubles on the CPU.</returns>
    private static Tensor Side()
    {
        var side = new double[2, 3, 3];
        for (var p = 0; p < 2; p++)
        for (var i = 0; i < 3; i++)
        for (var t = 0; t < Taps.Length; t++)
            if (2 * (1 - i) + p + t - 1 is var k and >= 0 and < 3)
                side[p, i, k] += Taps[t];
        return tensor(side);
    }

    /// <summary>Of each pixel two: three quarters of it, and a quarter of the one before or after it, beyond the edge of nothing.</summary>
    private static Tensor Along(Tensor x, int dimension)
    {
        var size = x.shape[dimension];
        var (most, little) = (x.mul(Most), x.mul(Little));
        var edge = zeros_like(little.narrow(dimension, 0, 1));
        var even = most.Add(cat([edge, little.narrow(dimension, 0, size - 1)], dimension));
        var odd = most.Add(cat([little.narrow(dimension, 1, size - 1), edge], dimension));
        return stack([even, odd], dimension + 1).flatten(dimension, dimension + 1);
    }
}
