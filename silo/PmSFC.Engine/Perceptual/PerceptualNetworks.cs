using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Perceptual.Trunks;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>Reads whatever network a file holds that can serve as V.</summary>
/// <param name="formats">The kinds that are known; where a file holds several, the first counts.</param>
public sealed class PerceptualNetworks(IReadOnlyList<IPerceptualFormat> formats)
{
    /// <summary>A network's sizes.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged or holds none.</exception>
    public IPerceptualArchitecture Read(ReadOnlyMemory<byte> content, string name)
    {
        var (format, network) = Find(content, name);
        return format.Describe(network.Tensors);
    }

    /// <summary>A network on a device.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">The file is damaged, holds none, or lacks a tensor of it.</exception>
    public IPerceptualNetwork Load(ReadOnlyMemory<byte> content, string name, Device device, ScalarType dtype = ScalarType.Float32)
    {
        var (format, network) = Find(content, name);
        return format.Load(network.Tensors, device, dtype);
    }

    /// <summary>Checks a user's file, and reads every weight that will be used.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <returns>The network's sizes, and what a user should know of what was read: a sentence, or null.</returns>
    /// <exception cref="CheckpointException">The file is damaged, holds none or another classifier, or lacks a tensor of it.</exception>
    public (IPerceptualArchitecture Architecture, string? Note) Check(ReadOnlyMemory<byte> content, string name)
    {
        var (format, network) = Find(content, name);
        var architecture = format.Describe(network.Tensors);
        format.Check(network.Tensors);
        format.Load(network.Tensors, CPU, ScalarType.Float32).Dispose();
        return (architecture, network.Note);
    }

    private (IPerceptualFormat Format, FoundNetwork Network) Find(ReadOnlyMemory<byte> content, string name)
    {
        var checkpoint = StateDict.Read(content, name);
        var marks = formats.SelectMany(format => format.Marks.Select(mark => (format, mark))).ToList();
        if (NetworkSearch.Find(checkpoint, [.. marks.Select(known => known.mark)]) is { } network)
            return (marks[network.Mark].format, network);
        throw SafetensorsHeader.Damaged(
            name,
            checkpoint.DescribeModule()
                ?? $"holds neither {string.Join(" nor ", formats.Select(format => format.Description).Reverse())}"
                    + (Classifier.NameOf(checkpoint) is { } other ? $", but {other}" : "")
        );
    }
}
