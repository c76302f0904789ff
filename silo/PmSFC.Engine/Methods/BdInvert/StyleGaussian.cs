using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.BdInvert;

/// <summary>How far styles are from where the mapping puts them: the mean square of ((leaky ReLU 5 (w) − μ) C Λ^−½), 1 for styles of drawn codes.</summary>
internal sealed class StyleGaussian : IDisposable
{
    /// <summary>Undoes the mapping's last leaky ReLU of 0.2.</summary>
    private static readonly Scalar Slope = 5;

    private static readonly long[] OverStyles = [1, 2];

    private readonly Tensor _mean; // [S]
    private readonly Tensor _whitening; // [S, S]

    /// <param name="content">What <see cref="StyleGaussianPreparation"/> makes.</param>
    /// <param name="generator">The generator that it was made of.</param>
    public StyleGaussian(ReadOnlyMemory<byte> content, IStyledGenerator generator)
    {
        var size = generator.Architecture.Synthesis!.LatentSize;
        var file = SafetensorsFile.Read(content, "The styles' Gaussian");
        using var scope = NewDisposeScope();
        _mean = Read(StyleGaussianPreparation.MeanEntry, size).DetachFromDisposeScope();
        _whitening = Read(StyleGaussianPreparation.WhiteningEntry, size, size).DetachFromDisposeScope();

        Tensor Read(string name, params long[] shape) =>
            tensor(file.ReadFloats(name, shape)).view(shape).to(generator.Dtype, generator.Device, copy: true);
    }

    /// <summary>Styles as they were before the mapping's last activation, but for its gain.</summary>
    /// <returns>Owned by the caller's dispose scope.</returns>
    public static Tensor Unactivated(Tensor styles) => styles.leaky_relu(Slope);

    /// <param name="styles">[B, places, S].</param>
    /// <returns>[B]; owned by the caller's dispose scope.</returns>
    public Tensor Distance(Tensor styles)
    {
        using var scope = NewDisposeScope();
        return (Unactivated(styles) - _mean).matmul(_whitening).Squared().mean(OverStyles).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _whitening.Dispose();
    }
}
