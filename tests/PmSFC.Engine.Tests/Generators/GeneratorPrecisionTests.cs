using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

/// <summary>The bundled generator has layers of 24 channels, no multiple of the 16 numbers that a convolution's vectors hold.</summary>
public sealed class GeneratorPrecisionTests
{
    private static readonly IGeneratorWeights Weights = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(9)]
    public void Upper_InSinglePrecision_EqualsDoublePrecisionWithItsGradient(int split)
    {
        using var scope = NewDisposeScope();
        var (image, gradient) = ImageAndGradient(ScalarType.Float32, split);
        var (expectedImage, expectedGradient) = ImageAndGradient(ScalarType.Float64, split);

        RelativeDifference(image, expectedImage).ShouldBeLessThan(1e-4);
        RelativeDifference(gradient, expectedGradient).ShouldBeLessThan(1e-3);
    }

    [Fact]
    public void Restrict_InSinglePrecision_HasTheGradientOfDoublePrecision()
    {
        using var scope = NewDisposeScope();

        RelativeDifference(RestrictedGradient(ScalarType.Float32), RestrictedGradient(ScalarType.Float64)).ShouldBeLessThan(1e-3);
    }

    private static (Tensor Image, Tensor Gradient) ImageAndGradient(ScalarType dtype, int split)
    {
        using var generator = Weights.Load(CPU, dtype);
        var maps = generator.Lower(Codes(dtype, 4, 128), split).Maps.detach().requires_grad_();
        var image = generator.Upper(new SplitFeatures(maps), split);
        return (image.detach(), autograd.grad([image.square().sum()], [maps])[0]);
    }

    private static Tensor RestrictedGradient(ScalarType dtype)
    {
        using var generator = Weights.Load(CPU, dtype);
        int[] labels = [.. Enumerable.Range(0, 128).Select(c => c < 21 ? 0 : 1)];
        using var lower = generator.Restrict(new(labels, 2), 3);
        var codes = Codes(dtype, 2, 2, 3, 128).requires_grad_();
        return autograd.grad([lower.Forward(codes).Maps[0].square().sum()], [codes])[0];
    }

    private static Tensor Codes(ScalarType dtype, params long[] shape)
    {
        using var random = new TorchSharp.torch.Generator(5, CPU);
        return randn(shape, generator: random).to(dtype);
    }

    /// <summary>
    /// Of norms, since a leaky ReLU whose input is almost 0 may take the other slope, which is right and changes single numbers of a gradient much.
    /// </summary>
    private static double RelativeDifference(Tensor value, Tensor expected) =>
        ((value.to(ScalarType.Float64) - expected).norm() / expected.norm()).item<double>();
}
