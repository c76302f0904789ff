using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace PmSFC.Engine.Tests.Metrics;

/// <summary>Writes numpy's archives, also wrong ones.</summary>
internal sealed class NpzBuilder
{
    private readonly List<(string Name, byte[] Content)> _entries = [];

    public NpzBuilder Add(string name, int[] shape, double[] values) =>
        Add(
            name,
            $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}{(shape.Length == 1 ? "," : "")}), }}",
            Bytes(values)
        );

    public NpzBuilder Add(string name, string header, byte[] data) => Add(name, Array(1, header, data));

    public NpzBuilder Add(string name, byte[] content)
    {
        _entries.Add(($"{name}.npy", content));
        return this;
    }

    public byte[] Build()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in _entries)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }

        return file.ToArray();
    }

    public static byte[] Array(byte version, string header, byte[] data)
    {
        var text = Encoding.Latin1.GetBytes(header + "\n");
        var length = new byte[version == 1 ? 2 : 4];
        if (version == 1)
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)text.Length);
        else
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)text.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. text, .. data];
    }

    public static byte[] Bytes(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
