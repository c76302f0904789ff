using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace PmSFC.Engine.Checkpoints.Numpy;

/// <summary>
/// numpy's file of one array: a magic number, a dictionary of type, order and shape, and the numbers. Arrays of Python objects, which are pickles, are
/// not read.
/// </summary>
internal sealed partial class NpyArray
{
    /// <summary>The longest beginning of a file that has a whole header, bytes.</summary>
    public const int LongestBeginning = 12 + MostHeaderBytes;

    private const int MostHeaderBytes = 4096;

    private readonly long[] _shape;
    private readonly bool _isFortran;
    private readonly int _dataOffset;

    private NpyArray(string type, long[] shape, bool isFortran, int dataOffset) =>
        (Type, _shape, _isFortran, _dataOffset) = (type, shape, isFortran, dataOffset);

    /// <summary>numpy's code of its type, for example <c>&lt;f4</c>.</summary>
    public string Type { get; }

    /// <summary>Whether a file begins as numpy's arrays do.</summary>
    public static bool Is(ReadOnlySpan<byte> content) => content is [0x93, ..] && content[1..].StartsWith("NUMPY"u8);

    /// <summary>Reads a header.</summary>
    /// <param name="beginning">The file's first <see cref="LongestBeginning"/> bytes, or all where it has fewer.</param>
    /// <param name="fileLength">Bytes of the whole file.</param>
    /// <param name="damaged">Makes the exception for a problem, which is a relative clause.</param>
    public static NpyArray Read(ReadOnlySpan<byte> beginning, long fileLength, Func<string, Exception> damaged)
    {
        if (!Is(beginning))
            throw damaged("that does not begin as numpy's arrays do");
        if (beginning.Length < 12)
            throw damaged("that ends too early");
        var isLong = beginning[6] is 2 or 3;
        if (!isLong && beginning[6] != 1)
            throw damaged($"of format version {beginning[6]}, which is not known");
        var start = isLong ? 12 : 10;
        var length = isLong
            ? BinaryPrimitives.ReadUInt32LittleEndian(beginning[8..])
            : BinaryPrimitives.ReadUInt16LittleEndian(beginning[8..]);
        if (length > MostHeaderBytes)
            throw damaged($"whose header is {length} bytes long, more than the {MostHeaderBytes} that are read");
        if (length > beginning.Length - start)
            throw damaged("that ends too early");
        var match = Header().Match(Encoding.Latin1.GetString(beginning.Slice(start, (int)length)));
        if (!match.Success)
            throw damaged("whose header is not numpy's dictionary of 'descr', 'fortran_order' and 'shape'");
        long[] shape = [.. match.Groups["size"].Captures.Select(size => long.Parse(size.Value, CultureInfo.InvariantCulture))];
        var type = match.Groups["type"].Value;
        if (Element(type) is { } element)
        {
            var needed =
                shape.Aggregate((Int128)element.Size(), (total, size) => total > long.MaxValue ? total : total * size) + start + length;
            if (needed != fileLength)
                throw damaged(
                    needed > fileLength
                        ? $"that ends too early: it has {fileLength} bytes of {needed}"
                        : "with more bytes than its shape needs"
                );
        }

        return new NpyArray(type, shape, match.Groups["fortran"].Value == "True", start + (int)length);
    }

    /// <summary>The array as a tensor; null where its elements are of a type that is not read.</summary>
    /// <param name="open">Fetches the whole file.</param>
    public StoredTensor? ToTensor(Func<ReadOnlyMemory<byte>> open)
    {
        if (Element(Type) is not { } type)
            return null;
        var elements = _shape.Aggregate(1L, (product, size) => product * size);
        var storage = new TensorStorage(type, elements, Type.StartsWith('>') ? ByteOrder.Big : ByteOrder.Little, () =>
            open()[_dataOffset..]
        );
        return _isFortran ? StoredTensor.ColumnMajor(storage, _shape) : StoredTensor.RowMajor(storage, _shape);
    }

    private static ElementType? Element(string type) => ElementTypes.OfNumpy(type.TrimStart('<', '>', '|', '='));

    [GeneratedRegex(
        """^\{ *'descr': *'(?<type>[^']{1,16})', *'fortran_order': *(?<fortran>True|False), *'shape': *\((?:(?<size>\d{1,9})L?,? *){0,8}\) *,? *\}[ \n]*$""",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Header();
}
