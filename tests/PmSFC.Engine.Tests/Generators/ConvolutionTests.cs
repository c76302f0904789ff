using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class ConvolutionTests
{
    public static TheoryData<int, int, int> Sizes =>
        new()
        {
            { 3, 24, 1 },
            { 24, 24, 3 },
            { 5, 13, 3 },
            { 16, 21, 3 },
            { 48, 24, 3 },
            { 24, 3, 1 },
            { 32, 48, 3 },
            { 24, 40, 1 },
            { 40, 40, 1 },
            { 128, 104, 1 },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Forward_OfAnyChannelCounts_EqualsDoublePrecisionForwardAndBackward(int inputs, int outputs, int size)
    {
        using var scope = NewDisposeScope();
        var weight = TestTensors.Normal(1, outputs, inputs, size, size);
        var bias = TestTensors.Normal(2, outputs);
        var x = TestTensors.Normal(3, 4, inputs, 16, 16);
        var cotangent = TestTensors.Normal(4, 4, outputs, 16, 16);
        foreach (var lay in new Func<Tensor, Tensor>[] { maps => maps, NetworkLayers.ChannelsLast })
        {
            foreach (var (single, exact) in Evaluate(ScalarType.Float32, lay).Zip(Evaluate(ScalarType.Float64, lay)))
            {
                TestTensors.Difference(single, exact).ShouldBeLessThan(1e-3f);
            }
        }

        Tensor[] Evaluate(ScalarType dtype, Func<Tensor, Tensor> lay)
        {
            var kernel = NetworkLayers.ChannelsLast(weight.to(dtype)).requires_grad_();
            var input = lay(x.to(dtype, copy: true)).requires_grad_();
            LeaveLargeNumbers();
            var output = NetworkLayers.Convolve(input, kernel, bias.to(dtype));
            var sum = (output * cotangent.to(dtype)).sum();
            LeaveLargeNumbers();
            return [output.detach(), .. autograd.grad([sum], [input, kernel])];
        }
    }

    /// <summary>oneDNN's padded channels show what freed memory held: large numbers here, in blocks of every size.</summary>
    private static void LeaveLargeNumbers()
    {
        var blocks = Enumerable.Range(6, 13).SelectMany(power => Enumerable.Range(0, 4).Select(_ => full(1L << power, 1e6f))).ToArray();
        foreach (var block in blocks)
            block.Dispose();
    }
}
