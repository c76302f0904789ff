using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Pggan;

/// <summary>What reading one layer after the other has in common in every layout.</summary>
internal static class LayerReader
{
    private const int MostBlocks = 18;

    /// <summary>The gain of every block, √2; the layer that makes RGB has 1.</summary>
    public static readonly double BlockGain = Math.Sqrt(2);

    /// <summary>The number of blocks, none of which is missing between others.</summary>
    /// <param name="tensors">A generator's tensors.</param>
    /// <param name="weightName">The name of a block's weight, from 0 on.</param>
    /// <param name="before">How many blocks have other names and come before these.</param>
    /// <exception cref="CheckpointException">One is missing, or there are not two for each resolution.</exception>
    public static int CountBlocks(StateDict tensors, Func<int, string> weightName, int before = 0)
    {
        var blocks = tensors.CountInARow(weightName);
        if (before + blocks is > 0 and <= MostBlocks && (before + blocks) % 2 == 0)
            return before + blocks;
        throw SafetensorsHeader.Damaged(
            tensors.FileName,
            $"holds {blocks} tensors named '{weightName(0)}' and on, but a generator has two for each resolution from 4 to at most 1024 pixels"
        );
    }

    /// <summary>Reads blocks, each of which takes what the one before it gives.</summary>
    /// <param name="blocks">Their number.</param>
    /// <param name="block">Reads one, given its index and its number of input channels; −1 for the first, whose input is the latent code.</param>
    public static LayerWeights[] Chain(int blocks, Func<int, long, LayerWeights> block)
    {
        var layers = new LayerWeights[blocks];
        for (var i = 0; i < blocks; i++)
            layers[i] = block(i, i == 0 ? -1 : layers[i - 1].Shape[0]);
        return layers;
    }

    /// <summary>Reads a layer whose weight lies as [output, input, size, size] and whose bias is not scaled.</summary>
    /// <param name="tensors">A generator's tensors.</param>
    /// <param name="weight">The weight's name.</param>
    /// <param name="bias">The bias's name.</param>
    /// <param name="input">Input channels, −1 for any.</param>
    /// <param name="size">Side of the kernel.</param>
    /// <param name="gain">What the weight is multiplied by in addition to 1/√fan-in.</param>
    public static LayerWeights Kernel(StateDict tensors, string weight, string bias, long input, int size, double gain)
    {
        var shape = Shape(tensors, weight, input, size);
        return new LayerWeights(
            tensors.ReadFloats(weight, shape),
            shape,
            gain / Math.Sqrt(shape[1] * size * size),
            tensors.ReadFloats(bias, shape[0])
        );
    }

    /// <summary>Whether a generator upsamples by transposed convolutions, which shows where a resolution has other channels than the one before.</summary>
    /// <param name="tensors">A generator's tensors.</param>
    /// <param name="blocks">The number of its blocks.</param>
    /// <param name="weightName">The name of a block's weight, from 0 on.</param>
    /// <param name="biasName">The name of its bias.</param>
    /// <returns><see langword="null"/> where the shapes do not tell.</returns>
    public static bool? IsTransposed(StateDict tensors, int blocks, Func<int, string> weightName, Func<int, string> biasName)
    {
        return Enumerable.Range(1, blocks / 2 - 1).Select(resolution => Known(2 * resolution)).FirstOrDefault(known => known is not null);

        bool? Known(int block) =>
            tensors.Shape(biasName(block)) is [var output]
            && tensors.Shape(weightName(block)) is [var first, var second, _, _]
            && first != second
                ? first != output
                : null;
    }

    /// <summary>Reads a transposed convolution that upsamples too, whose weight lies as [input, output, 3, 3].</summary>
    /// <returns>The convolution that follows an upsampling to the nearest pixel.</returns>
    public static LayerWeights Transposed(StateDict tensors, string name, string bias, long input)
    {
        if (tensors.Shape(name) is not [var into, var output, 3, 3] || into != input || !IsCount(output))
        {
            throw tensors.WrongShape(name, $"[{input}, any, 3, 3]");
        }

        // A transposed convolution turns its kernel round.
        var weight = ElementOrder.Permute(tensors.ReadFloats(name, input, output, 3, 3), [input, output, 3, 3], [1, 0, 2, 3], d => d >= 2);
        return new LayerWeights(weight, [output, input, 3, 3], BlockGain / Math.Sqrt(input * 9), tensors.ReadFloats(bias, output));
    }

    /// <summary>Reads a dense layer of the latent code, whose rows are channels of 4×4 pixels.</summary>
    /// <param name="tensors">A generator's tensors.</param>
    /// <param name="name">The name of the weight, [16 × channels, latent].</param>
    /// <param name="bias">The name of the bias.</param>
    /// <param name="biasShape">The sizes of the bias, given the number of channels.</param>
    /// <param name="gain">What the weight is multiplied by in addition to 1/√latent.</param>
    public static LayerWeights Dense(StateDict tensors, string name, string bias, Func<long, long[]> biasShape, double gain)
    {
        if (tensors.Shape(name) is not [var outputs and > 0, var latent] || outputs % 16 != 0 || !IsCount(outputs / 16) || !IsCount(latent))
        {
            throw tensors.WrongShape(name, "[16 × channels, latent]");
        }

        // [C, 4, 4, latent] to the kernel [C, latent, 4, 4] of a convolution, which turns it round.
        var weight = ElementOrder.Permute(tensors.ReadFloats(name, outputs, latent), [outputs / 16, 4, 4, latent], [0, 3, 1, 2], d =>
            d >= 2
        );
        return new LayerWeights(
            weight,
            [outputs / 16, latent, 4, 4],
            gain / Math.Sqrt(latent),
            tensors.ReadFloats(bias, biasShape(outputs / 16))
        );
    }

    /// <summary>Reads the layer that makes RGB, as <see cref="Kernel"/> does others.</summary>
    /// <exception cref="CheckpointException">It makes another number of channels, as a generator of gray images does.</exception>
    public static LayerWeights Rgb(StateDict tensors, string weight, string bias, long input, double gain) =>
        tensors.Shape(weight) is [not 3, ..]
            ? throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"makes images of {tensors.Shape(weight)[0]} channels ('{weight}'), but 3 (RGB) are needed"
            )
            : Kernel(tensors, weight, bias, input, 1, gain);

    /// <summary>The shape of a weight that lies as [output, input, size, size].</summary>
    public static long[] Shape(StateDict tensors, string name, long input, int size)
    {
        if (tensors.Shape(name) is not [var output, var into, var height, var width])
            throw SafetensorsHeader.Damaged(tensors.FileName, $"holds '{name}', which is not a convolution's weight of four sizes");
        if (IsCount(output) && IsCount(into) && (input < 0 || into == input) && height == size && width == size)
            return [output, into, height, width];
        throw tensors.WrongShape(name, $"[any, {(input < 0 ? "any" : input)}, {size}, {size}]");
    }

    /// <summary>Whether a size can be a number of channels.</summary>
    public static bool IsCount(long size) => size is > 0 and <= 65536;
}
