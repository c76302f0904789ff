using PmSFC.Engine.Costs;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>
/// The sizes of the discriminator D that ESRGAN's authors train against their generator, SRGAN's in the manner of VGG: for each halving down to 4×4 a
/// 3×3 layer and a 4×4 layer of stride 2, batch normalization after each but the first, leaky ReLU 0.2; then two matrices.
/// </summary>
/// <param name="Side">Width and height of the images that it judges, a power of 2 from 8 up.</param>
/// <param name="Width">Maps at full size, 64 for the authors; they double at each halving, up to 8 times as many.</param>
internal sealed record RelativisticDiscriminator(int Side, int Width)
{
    private const int SmallestSide = 4,
        MostDoublings = 3,
        HiddenSize = 100;
    private const double NormalizationEpsilon = 1e-5;
    private const string Hidden = "discriminator.hidden",
        Score = "discriminator.score";

    private static readonly long[] Twice = [2, 2],
        OnePixel = [1, 1];

    /// <summary>Every convolution: its name, its input and output maps, the side of its kernel, and the side of what it gives.</summary>
    public IEnumerable<(string Name, int Input, int Output, int Size, int Side)> Convolutions()
    {
        for (var stage = 0; stage < Stages; stage++)
        {
            var side = Side >> stage;
            yield return ($"discriminator.{stage}.same", stage == 0 ? 3 : Maps(stage - 1), Maps(stage), 3, side);
            yield return ($"discriminator.{stage}.down", Maps(stage), Maps(stage), 4, side / 2);
        }
    }

    /// <summary>The two matrices: name, numbers that they take in and give.</summary>
    public IEnumerable<(string Name, int Input, int Output)> Matrices() =>
        [(Hidden, Maps(Stages - 1) * SmallestSide * SmallestSide, HiddenSize), (Score, HiddenSize, 1)];

    /// <summary>The batch normalizations: name and maps.</summary>
    public IEnumerable<(string Name, int Maps)> Normalizations() =>
        Convolutions().Skip(1).Select(layer => ($"{layer.Name}.norm", layer.Output));

    /// <summary>Number of weights.</summary>
    public double Parameters =>
        Convolutions().Sum(layer => (double)layer.Input * layer.Output * layer.Size * layer.Size)
        + Matrices().Sum(matrix => (double)matrix.Input * matrix.Output);

    /// <summary>How real images look, as logits.</summary>
    /// <param name="images">[N, 3, side, side], range −1 to 1; each batch is normalized by itself.</param>
    /// <param name="tensors">Weights and biases by name; convolutions as <see cref="NetworkLayers.ChannelsLast"/> lays them out.</param>
    /// <returns>[N, 1]; owned by the caller's dispose scope.</returns>
    public Tensor Judge(Tensor images, Func<string, Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var x = images;
        var isFirst = true;
        foreach (var (name, _, _, size, _) in Convolutions())
        {
            x = NetworkLayers.Convolve(x, tensors($"{name}.weight"), tensors($"{name}.bias"), size == 4 ? Twice : OnePixel, OnePixel);
            if (!isFirst)
            {
                x = nn.functional.batch_norm(
                    x,
                    null,
                    null,
                    tensors($"{name}.norm.weight"),
                    tensors($"{name}.norm.bias"),
                    training: true,
                    eps: NormalizationEpsilon
                );
            }

            x = NetworkLayers.Activate(x);
            isFirst = false;
        }

        x = NetworkLayers.Activate(x.flatten(1).mm(tensors($"{Hidden}.weight").t()).Add(tensors($"{Hidden}.bias")));
        return x.mm(tensors($"{Score}.weight").t()).Add(tensors($"{Score}.bias")).MoveToOuterDisposeScope();
    }

    /// <summary>What one pass over an image takes.</summary>
    public NetworkCost Cost() =>
        Convolutions()
            .Aggregate(default(NetworkCost), (cost, layer) =>
            {
                double pixels = layer.Side * layer.Side,
                    input = layer.Input * pixels * (layer.Size == 4 ? 4 : 1),
                    output = layer.Output * pixels;
                return cost + new NetworkCost(input + 2 * output, 2 * input + 4 * output, layer.Size * layer.Size * layer.Input * output);
            });

    private int Stages => int.Log2(Side / SmallestSide);

    private int Maps(int stage) => Width << Math.Min(stage, MostDoublings);
}
