using System.IO.Compression;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Numpy;

/// <summary>numpy's archive of named arrays: a zip file with an <see cref="NpyArray"/> for each. Nothing in it is executed.</summary>
/// <param name="content">The whole file.</param>
/// <param name="name">What error messages call it.</param>
public sealed class NpzFile(ReadOnlyMemory<byte> content, string name)
{
    /// <summary>An array's elements in row-major order, whatever their order in the file.</summary>
    /// <param name="array">The array's name, without <c>.npy</c>.</param>
    /// <param name="shape">The shape that it must have; no more of the file is unpacked than such an array needs.</param>
    /// <exception cref="CheckpointException">The file is damaged, or has no such array of finite numbers.</exception>
    public double[] ReadDoubles(string array, params ReadOnlySpan<int> shape)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content.ToArray(), writable: false));
            var entries = archive.Entries.Where(entry => entry.FullName == $"{array}.npy").ToList();
            if (entries.Count != 1) throw Damaged($"holds {(entries.Count == 0 ? "no" : "more than one")} '{array}.npy'");
            using var stream = entries[0].Open();
            return NpyArray.ReadDoubles(stream, shape, problem => Damaged($"holds an '{array}.npy' {problem}"));
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or IOException)
        {
            throw Damaged($"is no zip file that can be unpacked: {e.Message.TrimEnd('.')}", e);
        }
    }

    private CheckpointException Damaged(string problem, Exception? inner = null) => new($"{name} {problem}.", inner);
}
