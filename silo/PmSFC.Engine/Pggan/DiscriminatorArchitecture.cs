using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Perceptual;

namespace PmSFC.Engine.Pggan;

/// <summary>The sizes of the part of a PGGAN discriminator whose features are compared: the RGB layer and up to three blocks.</summary>
public sealed record DiscriminatorArchitecture : IPerceptualArchitecture
{
    private const int MostBlocks = 3;

    private DiscriminatorArchitecture(int resolution, IReadOnlyList<int> channels)
    {
        Resolution = resolution;
        Channels = channels;
    }

    /// <summary>Width and height of the images that it takes, pixels.</summary>
    public int Resolution { get; }

    /// <summary>Output channels of the RGB layer, then of each block.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>Blocks used; each halves the resolution.</summary>
    public int Blocks => Channels.Count - 1;

    /// <inheritdoc/>
    public string Name => PerceptualSetting.Discriminator;

    /// <inheritdoc/>
    public double Weights => Channels.Zip(Channels.Skip(1), (input, output) => 9.0 * input * (input + output)).Sum();

    /// <inheritdoc/>
    public int? OnlyResolution => Resolution;

    /// <inheritdoc/>
    public NetworkCost Cost(int resolution)
    {
        var pixels = (double)Resolution * Resolution;
        var cost = LayerCost.ActivatedConvolution(3, Channels[0], 1, pixels);
        for (var block = 0; block < Blocks; block++, pixels /= 4)
        {
            var (inputs, outputs) = (Channels[block], Channels[block + 1]);
            cost +=
                LayerCost.ActivatedConvolution(inputs, inputs, 9, pixels)
                + LayerCost.ActivatedConvolution(inputs, outputs, 9, pixels)
                + LayerCost.AveragePooling(outputs, pixels);
        }

        return cost;
    }

    /// <inheritdoc/>
    public double Features(int resolution) => Channels[^1] * Math.Pow(Resolution >> Blocks, 2);

    /// <summary>Names of tensors by each of which a discriminator is known, that of the largest resolution first.</summary>
    internal static IReadOnlyList<string> Marks { get; } = [.. Enumerable.Range(2, 9).Select(power => FromRgb(1 << power)).Reverse()];

    /// <summary>Sizes by the shapes of the tensors alone.</summary>
    /// <exception cref="CheckpointException">They are not those of a discriminator.</exception>
    public static DiscriminatorArchitecture Read(StateDict tensors)
    {
        var resolution = Enumerable.Range(2, 9).Select(power => 1 << power).LastOrDefault(r => tensors.Contains(FromRgb(r)));
        if (resolution == 0)
            throw SafetensorsHeader.Damaged(tensors.FileName, "holds no 'fromrgb.{resolution}.weight'; it is not a discriminator");
        var channels = new List<int> { Outputs(tensors, FromRgb(resolution)) };
        for (var r = resolution; r > 4 && channels.Count <= MostBlocks; r /= 2)
            channels.Add(Outputs(tensors, $"conv1.{r}.weight"));
        return new DiscriminatorArchitecture(resolution, channels);
    }

    private static string FromRgb(int resolution) => $"fromrgb.{resolution}.weight";

    private static int Outputs(StateDict tensors, string name) =>
        tensors.Shape(name) is [> 0 and <= 65536, _, _, _]
            ? (int)tensors.Shape(name)[0]
            : throw SafetensorsHeader.Damaged(tensors.FileName, $"holds '{name}', which is not a convolution's weight of four sizes");
}
