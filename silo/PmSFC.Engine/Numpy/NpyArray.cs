using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PmSFC.Engine.Numpy;

/// <summary>
/// numpy's file of one array: a magic number, a dictionary of type, order and shape, and the numbers. Little-endian half, single and double precision
/// are read; arrays of Python objects, which are pickles, are refused.
/// </summary>
internal static partial class NpyArray
{
    private const int MostHeaderBytes = 4096;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    /// <summary>An array's elements in row-major order.</summary>
    /// <param name="stream">The file; it is read to its end or to where it is longer than the array.</param>
    /// <param name="shape">The shape that the array must have.</param>
    /// <param name="damaged">Makes the exception for a problem, which is a relative clause.</param>
    public static double[] ReadDoubles(Stream stream, ReadOnlySpan<int> shape, Func<string, Exception> damaged)
    {
        var start = new byte[12];
        Fill(stream, start.AsSpan(0, 10), damaged);
        if (!start.AsSpan(0, 6).SequenceEqual(Magic)) throw damaged("that does not begin as numpy's arrays do");
        var isLong = start[6] is 2 or 3;
        if (!isLong && start[6] != 1) throw damaged($"of format version {start[6]}, which is not known");
        if (isLong) Fill(stream, start.AsSpan(10), damaged);
        var length = isLong ? BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        if (length > MostHeaderBytes) throw damaged($"whose header is {length} bytes long, more than the {MostHeaderBytes} that are read");
        var header = new byte[length];
        Fill(stream, header, damaged);

        var match = Header().Match(Encoding.Latin1.GetString(header));
        if (!match.Success) throw damaged("whose header is not numpy's dictionary of 'descr', 'fortran_order' and 'shape'");
        var (type, sizes) = (match.Groups["type"].Value, match.Groups["size"].Captures.Select(size => size.Value).ToArray());
        if (type is not ("<f2" or "<f4" or "<f8")) throw damaged($"of type '{type}', but only <f2, <f4 and <f8 are read");
        var expected = shape.ToArray().Select(size => size.ToString(CultureInfo.InvariantCulture)).ToArray();
        if (!sizes.SequenceEqual(expected)) throw damaged($"of shape ({string.Join(", ", sizes)}), but ({string.Join(", ", expected)}) is needed");

        var stored = ReadElements(stream, type[2] - '0', shape, damaged);
        return match.Groups["fortran"].Value == "True" ? RowMajor(stored, shape) : stored;
    }

    private static double[] ReadElements(Stream stream, int width, ReadOnlySpan<int> shape, Func<string, Exception> damaged)
    {
        var count = 1;
        foreach (var size in shape) count *= size;
        var bytes = new byte[count * width];
        Fill(stream, bytes, damaged);
        if (stream.ReadByte() >= 0) throw damaged("with more bytes than its shape needs");
        var elements = new double[count];
        for (var i = 0; i < count; i++)
        {
            var element = bytes.AsSpan(i * width);
            elements[i] = width switch
            {
                2 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                4 => BinaryPrimitives.ReadSingleLittleEndian(element),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(element),
            };
            if (!double.IsFinite(elements[i])) throw damaged($"with {elements[i]} at element {i}, but its numbers must be finite");
        }

        return elements;
    }

    /// <summary>From the order in which the first index runs fastest to that in which the last one does.</summary>
    private static double[] RowMajor(double[] stored, ReadOnlySpan<int> shape)
    {
        var sorted = new double[stored.Length];
        for (var i = 0; i < stored.Length; i++)
        {
            int rest = i, target = 0;
            foreach (var size in shape)
            {
                target = target * size + rest % size;
                rest /= size;
            }

            sorted[target] = stored[i];
        }

        return sorted;
    }

    private static void Fill(Stream stream, Span<byte> bytes, Func<string, Exception> damaged)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length) throw damaged("that ends too early");
    }

    [GeneratedRegex(
        """^\{ *'descr': *'(?<type>[^']{1,16})', *'fortran_order': *(?<fortran>True|False), *'shape': *\((?:(?<size>\d{1,9}),? *){0,8}\) *,? *\}[ \n]*$""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Header();
}
