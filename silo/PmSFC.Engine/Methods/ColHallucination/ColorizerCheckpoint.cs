using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>
/// The tensors of a colorizer's checkpoint, which have the names of the authors' public PyTorch release (<c>model1.0.weight</c>,
/// <c>model1.4.running_mean</c>, <c>model_out.weight</c>), as a training here stores them too.
/// </summary>
internal static class ColorizerCheckpoint
{
    private const string First = "model1.0.weight";
    private const int LargestWidth = 512,
        MostBins = 4096;

    /// <summary>Every tensor that is needed, with its sizes.</summary>
    public static IEnumerable<(string Name, long[] Shape)> Tensors(ColorizerArchitecture architecture)
    {
        foreach (var layer in architecture.Layers)
        {
            yield return ($"{layer.Name}.weight", layer.Shape);
            yield return ($"{layer.Name}.bias", [layer.Output]);
        }

        foreach (var (name, maps) in architecture.Normalizations)
        foreach (var part in (string[])["weight", "bias", "running_mean", "running_var"])
            yield return ($"{name}.{part}", [maps]);
        yield return (ColorizerArchitecture.Output, [2, architecture.Bins, 1, 1]);
    }

    /// <summary>Reads a checkpoint of any width and number of colours.</summary>
    /// <param name="file">The tensors under their authors' names.</param>
    /// <returns>The sizes, a safetensors file of the same names, and what a user should know of what was read.</returns>
    /// <exception cref="CheckpointException">A tensor is missing, or has another shape or values that cannot be.</exception>
    public static (ColorizerArchitecture Architecture, byte[] Weights, string? Note) Read(StateDict file)
    {
        var found = NetworkSearch.FindOrThrow(file, First);
        file = found.Tensors;
        if (file.Shape(First) is not [var width and > 0 and <= LargestWidth, 1, 3, 3])
            throw Damaged(file.FileName, First, file.Shape(First), $"[1 to {LargestWidth}, 1, 3, 3]");
        var architecture = new ColorizerArchitecture((int)width, Bins(file.FileName, file.Shape(ColorizerArchitecture.Output)));
        var writer = new SafetensorsWriter().AddMetadata("kind", ColorizerTraining.Name);
        foreach (var (name, shape) in Tensors(architecture))
        {
            var values = file.ReadFloats(name, shape);
            if (name.EndsWith(".running_var", StringComparison.Ordinal) && Array.FindIndex(values, value => value < 0) is var bad and >= 0)
                throw SafetensorsHeader.Damaged(
                    file.FileName,
                    $"holds {values[bad]} in '{name}' at element {bad}; variances must not be negative"
                );
            writer.Add(name, values, shape);
        }

        return (architecture, writer.ToArray(), found.Note);
    }

    /// <summary>Q, by the sizes of <see cref="ColorizerArchitecture.Output"/>.</summary>
    /// <exception cref="CheckpointException">They are not those of such a matrix.</exception>
    public static int Bins(string fileName, IReadOnlyList<long> shape) =>
        shape is [2, var bins and > 0 and <= MostBins, 1, 1]
            ? (int)bins
            : throw Damaged(fileName, ColorizerArchitecture.Output, shape, $"[2, 1 to {MostBins}, 1, 1]");

    private static CheckpointException Damaged(string fileName, string name, IReadOnlyList<long> shape, string needed) =>
        SafetensorsHeader.Damaged(fileName, $"holds '{name}' with shape [{string.Join(", ", shape)}], but {needed} is needed");
}
