using PmSFC.Engine.Generators;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class ConvolutionTests
{
    public static TheoryData<int, int, int> Sizes => new()
    {
        { 3, 24, 1 }, { 24, 24, 3 }, { 5, 13, 3 }, { 16, 21, 3 }, { 48, 24, 3 }, { 24, 3, 1 }, { 32, 48, 3 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_OfAnyChannelCounts_EqualsDoublePrecisionForwardAndBackward(int inputs, int outputs, int size)
    {
        using var scope = NewDisposeScope();
        var weight = Tensors.Normal(1, outputs, inputs, size, size);
        var bias = Tensors.Normal(2, outputs);
        var x = Tensors.Normal(3, 4, inputs, 16, 16);
        var cotangent = Tensors.Normal(4, 4, outputs, 16, 16);
        var (images, gradient) = Evaluate(ScalarType.Float32);
        var (expectedImages, expectedGradient) = Evaluate(ScalarType.Float64);

        // oneDNN's padded channels show what freed memory held: large numbers here.
        Tensors.Difference(images, expectedImages).ShouldBeLessThan(1e-3f);
        Tensors.Difference(gradient, expectedGradient).ShouldBeLessThan(1e-3f);

        (Tensor Images, Tensor Gradient) Evaluate(ScalarType dtype)
        {
            using (Tensors.Normal(5, 4, 64, 32, 32) * 1e6)
            {
            }

            var kernel = BlockOperations.ChannelsLast(weight.to(dtype));
            var input = x.to(dtype, copy: true).requires_grad_();
            var output = nn.functional.conv2d(input, kernel, bias.to(dtype), padding: [size / 2, size / 2]);
            return (output.detach(), autograd.grad([(output * cotangent.to(dtype)).sum()], [input])[0]);
        }
    }
}
