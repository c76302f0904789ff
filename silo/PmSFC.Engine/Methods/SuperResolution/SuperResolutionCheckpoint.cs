using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Pggan;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>Published weights of networks for super-resolution.</summary>
internal sealed partial class SuperResolutionCheckpoint
{
    private const int Most = 1000,
        LargestDoublings = 8;

    private readonly StateDict _tensors;

    private SuperResolutionCheckpoint(FoundNetwork network) => (_tensors, Note) = (network.Tensors, network.Note);

    /// <summary>What error messages call the file.</summary>
    public string FileName => _tensors.FileName;

    /// <summary>What a user should know of what was read; null where there is nothing.</summary>
    public string? Note { get; }

    /// <summary>Finds where a file has a network.</summary>
    /// <param name="file">The tensors under their authors' names.</param>
    /// <param name="network">What error messages call the network.</param>
    /// <param name="marks">For each code base that is known, the tensor that it is known by.</param>
    /// <returns>The network's tensors, and the number of the code base.</returns>
    /// <exception cref="CheckpointException">The file holds no such network.</exception>
    public static (SuperResolutionCheckpoint Checkpoint, int CodeBase) Find(StateDict file, string network, IReadOnlyList<string> marks)
    {
        if (NetworkSearch.Find(file, marks) is { } found)
            return (new SuperResolutionCheckpoint(found), found.Mark);
        if (file.DescribeModule() is { } module)
            throw SafetensorsHeader.Damaged(file.FileName, module);
        var known = string.Join(", ", marks.Select(mark => $"'{mark}'"));
        var first = file.Names.Order(StringComparer.Ordinal).FirstOrDefault();
        throw SafetensorsHeader.Damaged(
            file.FileName,
            $"holds no {network}: it has none of {known}{(first is null ? "" : $"; among its tensors is '{first}'")}"
        );
    }

    /// <summary>How many layers have the names that a number gives, from 0 on.</summary>
    public int Count(Func<int, string> layer) => Enumerable.Range(0, Most).TakeWhile(i => Contains($"{layer(i)}.weight")).Count();

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _tensors.Contains(name);

    /// <summary>The output maps of a square convolution.</summary>
    /// <param name="layer">Its name.</param>
    /// <param name="input">Input maps, −1 for any.</param>
    /// <param name="size">Side of the kernel.</param>
    /// <exception cref="CheckpointException">The weight is missing or has another shape.</exception>
    public int Outputs(string layer, long input, int size) => (int)LayerReader.Shape(_tensors, $"{layer}.weight", input, size)[0];

    /// <summary>The input maps of a convolution.</summary>
    /// <exception cref="CheckpointException">The weight is missing or has another shape.</exception>
    public int Inputs(string layer) => (int)LayerReader.Shape(_tensors, $"{layer}.weight", -1, 3)[1];

    /// <summary>The factor of so many doublings.</summary>
    /// <exception cref="CheckpointException">There are none, or too many.</exception>
    public int Factor(int doublings, string network) =>
        doublings is > 0 and <= LargestDoublings
            ? 1 << doublings
            : throw Refuse($"doubles maps {doublings} times, but a {network} does it 1 to {LargestDoublings} times");

    /// <summary>Why the file is not read.</summary>
    public CheckpointException Refuse(string what) => SafetensorsHeader.Damaged(FileName, what);

    /// <summary>The network under its own names.</summary>
    /// <param name="kind">Kind of the network, kept in the metadata.</param>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="theirs">Its layers by the names of the code base, in the order of the architecture's own.</param>
    /// <returns>A safetensors file.</returns>
    /// <exception cref="CheckpointException">
    /// A tensor is missing, has another shape, or holds a value that is not finite; or the file has layers after one that is missing.
    /// </exception>
    public byte[] Copy(string kind, SuperResolutionArchitecture architecture, IEnumerable<SuperResolutionLayer> theirs)
    {
        var layers = theirs.ToList();
        RefuseWhatIsLeft(kind, [.. layers.SelectMany(layer => new[] { $"{layer.Name}.weight", $"{layer.Name}.bias" })]);
        var writer = new SafetensorsWriter().AddMetadata("kind", kind);
        foreach (var (own, layer) in architecture.Layers.Zip(layers))
        {
            writer.Add($"{own.Name}.weight", _tensors.ReadFloats($"{layer.Name}.weight", layer.Shape), layer.Shape);
            writer.Add($"{own.Name}.bias", _tensors.ReadFloats($"{layer.Name}.bias", layer.Output), layer.Output);
        }

        foreach (var (name, shape, values) in architecture.Buffers)
            writer.Add(name, Contains(name) ? _tensors.ReadFloats(name, shape) : values, shape);
        return writer.ToArray();
    }

    /// <summary>Layers are counted up to the first that is missing, so that a file that lacks one would be read as a smaller network.</summary>
    private void RefuseWhatIsLeft(string kind, HashSet<string> read)
    {
        var kinds = read.Select(name => Number().Replace(name, "#")).ToHashSet(StringComparer.Ordinal);
        if (_tensors.Names.FirstOrDefault(name => !read.Contains(name) && kinds.Contains(Number().Replace(name, "#"))) is { } left)
            throw Refuse(
                $"holds '{left}', which has no place in the {kind} network that its other tensors make: a layer is missing; save the whole network"
            );
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
