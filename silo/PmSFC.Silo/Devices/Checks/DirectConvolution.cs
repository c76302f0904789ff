namespace PmSFC.Silo.Devices.Checks;

/// <summary>A convolution of square maps, and its gradients, as the sums that they are, in double precision.</summary>
/// <param name="Inputs">Channels that go in.</param>
/// <param name="Outputs">Channels that come out.</param>
/// <param name="Size">Height and width of the kernel.</param>
/// <param name="Stride">Pixels from one place to the next.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Side">Height and width of the maps that go in.</param>
/// <param name="Images">Maps that are convolved at once.</param>
internal sealed record DirectConvolution(int Inputs, int Outputs, int Size, int Stride, int Padding, int Side, int Images)
{
    public int OutputSide => (Side + 2 * Padding - Size) / Stride + 1;

    /// <param name="x">[images, inputs, side, side].</param>
    /// <param name="weight">[outputs, inputs, size, size].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="cotangent">[images, outputs, output side, output side]: the gradients are those of the sum of its products with the output.</param>
    public (double[] Output, double[] GradientOfInput, double[] GradientOfWeight) Compute(
        double[] x,
        double[] weight,
        double[] bias,
        double[] cotangent
    )
    {
        var output = new double[cotangent.Length];
        var (ofInput, ofWeight) = (new double[x.Length], new double[weight.Length]);
        var pixels = OutputSide * OutputSide;
        for (var i = 0; i < output.Length; i++)
        {
            var (image, channel, row, column) = (i / (Outputs * pixels), i / pixels % Outputs, i % pixels / OutputSide, i % OutputSide);
            var sum = bias[channel];
            for (var input = 0; input < Inputs; input++)
            {
                for (var k = 0; k < Size * Size; k++)
                {
                    var (y, z) = (row * Stride + k / Size - Padding, column * Stride + k % Size - Padding);
                    if (y < 0 || y >= Side || z < 0 || z >= Side)
                        continue;
                    var (from, by) = (((image * Inputs + input) * Side + y) * Side + z, (channel * Inputs + input) * Size * Size + k);
                    sum += x[from] * weight[by];
                    ofInput[from] += cotangent[i] * weight[by];
                    ofWeight[by] += cotangent[i] * x[from];
                }
            }

            output[i] = sum;
        }

        return (output, ofInput, ofWeight);
    }
}
