using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Encoders;

/// <summary>
/// The sizes of an encoder: for each halving down to 4×4 a 3×3 convolution of stride 2 and one of stride 1, a leaky ReLU 0.2 after each, then a
/// matrix to the latent code, which is brought to the generator's normal form: what that takes away tells nothing of an image.
/// </summary>
/// <param name="Resolution">Width and height of an image, a power of 2 from 4 up.</param>
/// <param name="LatentSize">Length of a latent code.</param>
/// <param name="Width">Maps after the first halving; they double at each one after it, up to 8 times as many.</param>
internal sealed record EncoderArchitecture(int Resolution, int LatentSize, int Width)
{
    private const int SmallestSide = 4,
        MostDoublings = 3;

    public const string Code = "code";

    /// <summary>Numbers that the last matrix takes in.</summary>
    public int Features => Maps(Stages) * SmallestSide * SmallestSide;

    /// <summary>Every convolution: its name, its input and output maps, its stride, and the side of what it gives.</summary>
    public IEnumerable<(string Name, int Input, int Output, int Stride, int Side)> Convolutions()
    {
        for (var stage = 0; stage < Stages; stage++)
        {
            var side = Resolution >> (stage + 1);
            yield return ($"{stage}.down", Maps(stage), Maps(stage + 1), 2, side);
            yield return ($"{stage}.same", Maps(stage + 1), Maps(stage + 1), 1, side);
        }
    }

    /// <summary>Every tensor as it is stored, with its sizes.</summary>
    public IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        foreach (var (name, input, output, _, _) in Convolutions())
        {
            yield return ($"{name}.weight", [output, input, 3, 3]);
            yield return ($"{name}.bias", [output]);
        }

        yield return ($"{Code}.weight", [LatentSize, Features]);
        yield return ($"{Code}.bias", [LatentSize]);
    }

    /// <summary>The codes of images.</summary>
    /// <param name="images">[N, 3, H, W].</param>
    /// <param name="tensors">Weights and biases by name; convolutions as <see cref="NetworkLayers.ChannelsLast"/> lays them out.</param>
    /// <param name="normalize">The generator's <see cref="IGenerator.NormalizeLatents"/>.</param>
    /// <returns>[N, latent], normalized; owned by the caller's dispose scope.</returns>
    public Tensor Encode(Tensor images, Func<string, Tensor> tensors, Func<Tensor, Tensor> normalize)
    {
        using var scope = NewDisposeScope();
        var x = images;
        foreach (var (name, _, _, stride, _) in Convolutions())
            x = NetworkLayers.Activate(NetworkLayers.Convolve(x, tensors($"{name}.weight"), tensors($"{name}.bias"), stride));
        var codes = x.flatten(1).mm(tensors($"{Code}.weight").t()).Add(tensors($"{Code}.bias"));
        return normalize(codes).MoveToOuterDisposeScope();
    }

    /// <summary>What one pass over an image takes.</summary>
    public NetworkCost Cost() =>
        Convolutions()
            .Aggregate(default(NetworkCost), (cost, layer) =>
                cost + LayerCost.ActivatedConvolution(layer.Input, layer.Output, 9, layer.Side * layer.Side, layer.Stride)
            ) + LayerCost.Dense(Features, LatentSize);

    /// <summary>Number of weights.</summary>
    public double Parameters => (double)Features * LatentSize + Convolutions().Sum(layer => 9.0 * layer.Input * layer.Output);

    private int Stages => int.Log2(Resolution / SmallestSide);

    private int Maps(int stage) => stage == 0 ? 3 : Width << Math.Min(stage - 1, MostDoublings);
}
