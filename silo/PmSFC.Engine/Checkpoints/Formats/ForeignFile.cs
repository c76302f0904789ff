using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints.Numpy;
using PmSFC.Engine.Checkpoints.Pickles;
using PmSFC.Wording;

namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>Says what a file is that is no checkpoint of a format that is read, by its content, and what to do about it.</summary>
internal static partial class ForeignFile
{
    private const int LongestText = 1 << 12,
        LongestSearch = 1 << 20,
        LongestQuote = 80;

    private const string FromTensorFlow =
        "its weights are TensorFlow's; load them with tf.train.load_checkpoint or tf.saved_model.load and save the arrays under their names with numpy.savez";

    private const string Zlib =
        "is packed with zlib, as joblib does it; load it with the program that wrote it and save its arrays under their names with numpy.savez";

    private const string Onnx = "is an ONNX model, which is not read; name the checkpoint of PyTorch that it was exported from";

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Files that are known by a few bytes at one place, and what they are.</summary>
    private static readonly (int Place, byte[] Bytes, string What)[] Marks =
    [
        (0, [0x78, 0x01], Zlib),
        (0, [0x78, 0x5e], Zlib),
        (0, [0x78, 0x9c], Zlib),
        (0, [0x78, 0xda], Zlib),
        (0, "GGUF"u8.ToArray(), "is a GGUF file, a format of language models for llama.cpp; name the checkpoint that PyTorch saved"),
        (0, "ggml"u8.ToArray(), "is a GGML file, a format of language models for llama.cpp; name the checkpoint that PyTorch saved"),
        (0, "lmgg"u8.ToArray(), "is a GGML file, a format of language models for llama.cpp; name the checkpoint that PyTorch saved"),
        (0, "tjgg"u8.ToArray(), "is a GGML file, a format of language models for llama.cpp; name the checkpoint that PyTorch saved"),
        (
            4,
            "TFL3"u8.ToArray(),
            "is a TensorFlow Lite model, whose weights are converted for inference; name the checkpoint that PyTorch saved"
        ),
        (0, "ftrt"u8.ToArray(), "is a TensorRT engine, which is compiled for one GPU; name the checkpoint that PyTorch saved"),
        (
            0,
            "MATLAB 5.0 MAT-file"u8.ToArray(),
            "is a MATLAB file (.mat); load it with scipy.io.loadmat and save its arrays with numpy.savez"
        ),
        (
            0,
            "MATLAB 7.3 MAT-file"u8.ToArray(),
            "is a MATLAB file (.mat, version 7.3); load it with h5py and save its arrays with numpy.savez"
        ),
        (
            0,
            [0x12, 0x01, 0, 0, 0, 0, 0, 0],
            "is a file of MXNet's parameters (.params); load it with MXNet and save its arrays with numpy.savez"
        ),
        (0, [0x89, .. "PNG\r\n\x1a\n"u8], Picture("PNG")),
        (0, [0xff, 0xd8, 0xff], Picture("JPEG")),
        (0, "GIF8"u8.ToArray(), Picture("GIF")),
        (8, "WEBP"u8.ToArray(), Picture("WebP")),
        (0, "II*\0"u8.ToArray(), Picture("TIFF")),
        (0, "MM\0*"u8.ToArray(), Picture("TIFF")),
        (4, "ftyp"u8.ToArray(), "is a video or a picture (MP4, HEIC or AVIF), not a file of weights; check the path"),
        (0, "RIFF"u8.ToArray(), "is a recording (RIFF), not a file of weights; check the path"),
        (0, "%PDF"u8.ToArray(), "is a PDF document, not a file of weights; check the path"),
        (0, [0x7f, .. "ELF"u8], "is a program (ELF), not a file of weights; check the path"),
        (0, "MZ"u8.ToArray(), "is a program of Windows, not a file of weights; check the path"),
        (0, "SQLite format 3"u8.ToArray(), "is an SQLite database, not a file of weights; check the path"),
        (0, "PAR1"u8.ToArray(), "is a Parquet table, not a file of weights; check the path"),
        (0, "PK\x07\x08"u8.ToArray(), "is a part of a zip archive in several parts; join them and unpack the archive"),
    ];

    /// <summary>Files that are packed with a program, which gives one file: by their first bytes, with what unpacks them.</summary>
    private static readonly (byte[] Bytes, string What, string Command)[] Packings =
    [
        ([0x1f, 0x8b], "gzip", "gzip -dc"),
        ("BZh"u8.ToArray(), "bzip2", "bzip2 -dc"),
        ([0xfd, .. "7zXZ\0"u8], "xz", "xz -dc"),
        ([0x28, 0xb5, 0x2f, 0xfd], "zstd", "zstd -dc"),
        ([0x04, 0x22, 0x4d, 0x18], "lz4", "lz4 -dc"),
        ([0x5d, 0, 0, 0x80, 0], "lzma", "xz --format=lzma -dc"),
    ];

    /// <summary>Archives, which hold any number of files: by their first bytes, with what unpacks them.</summary>
    private static readonly (byte[] Bytes, string What, string Command)[] Archives =
    [
        ([.. "7z"u8, 0xbc, 0xaf, 0x27, 0x1c], "a 7z archive", "7z x"),
        ("Rar!\x1a\x07"u8.ToArray(), "a RAR archive", "unrar x"),
    ];

    /// <summary>What a file is.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">
    /// Its path, for the commands that are told. It tells of one kind alone: TensorFlow's tensors have nothing of their own in their content.
    /// </param>
    /// <returns>A relative clause about the file.</returns>
    public static string Describe(ReadOnlySpan<byte> content, string name)
    {
        if (content.IsEmpty)
            return "is empty (0 bytes); fetch it again";
        if (content.IndexOfAnyExcept((byte)0) < 0)
            return $"holds {content.Length} bytes that are all 0, as a download leaves it that was broken off; fetch it again";
        foreach (var (bytes, what, command) in Packings)
            if (content.StartsWith(bytes))
                return Packed(what, command, name);
        foreach (var (bytes, what, command) in Archives)
            if (content.StartsWith(bytes))
                return $"is {what}; unpack it ({command} {ShellWords.Quote(name)}) and name the file of weights in it";
        foreach (var (place, bytes, what) in Marks)
            if (content.Length >= place + bytes.Length && content.Slice(place, bytes.Length).SequenceEqual(bytes))
                return what;
        if (Hdf5(content) is { } hdf5)
            return hdf5;
        if (content.Length > 262 && content.Slice(257, 5).SequenceEqual("ustar"u8))
            return Tar(content, name);
        if (content.EndsWith((ReadOnlySpan<byte>)[0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]))
            return $"is the index of a TensorFlow checkpoint; {FromTensorFlow}";
        if (Torch7(content))
            return "is a file of Lua's Torch7 (.t7); load it with the Python package torchfile and save its arrays with numpy.savez";
        if (NpyArray.Is(content))
            return "is one NumPy array without a name (.npy); save all arrays of the network under their names with numpy.savez";
        if (Protobuf(content) is { } protobuf)
            return protobuf;
        if (
            content.Length > 8
            && content[..2].SequenceEqual("BM"u8)
            && BinaryPrimitives.ReadUInt32LittleEndian(content[2..]) <= content.Length + 4u
        )
            return Picture("BMP");
        if (Text(content) is { } text)
            return OfText(text, content, name);
        if (TensorFlowData().IsMatch(name))
            return $"is the data of a TensorFlow checkpoint; {FromTensorFlow}";
        if (
            content[0] is > 0x80 and < 0x90
            && content.Length > 2
            && content[1] is > 0xa0 and < 0xc0
            && Printable(content.Slice(2, Math.Min(content[1] & 31, content.Length - 2)))
        )
            return "looks like a checkpoint of Flax (msgpack); load it with flax.serialization and save its arrays with numpy.savez";
        return $"is no checkpoint of a kind that is known: it begins with the bytes {Convert.ToHexStringLower(content[..Math.Min(8, content.Length)])} and has "
            + $"{content.Length} bytes; PyTorch's .pth and .pt, .safetensors, .pkl and .npz are read";
    }

    /// <summary>Whether a file is text and not what somebody would take for a pickle.</summary>
    public static bool IsText(ReadOnlySpan<byte> content) => Text(content) is not null;

    /// <summary>What an archive is that holds neither a pickle of PyTorch nor numpy's arrays.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="name">Its path, for the commands that are told.</param>
    /// <returns>A relative clause about the file.</returns>
    public static string DescribeArchive(CheckpointArchive archive, string name)
    {
        var names = archive
            .Names.Where(name => !name.EndsWith('/') && !name.StartsWith("__MACOSX/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (names.Count == 0)
            return "is an empty zip archive; fetch it again";
        if (names.Any(name => name.EndsWith("model.weights.h5", StringComparison.Ordinal)))
            return "is a Keras model (.keras); load it with Keras and save its weights with numpy.savez";
        if (
            names.Any(name =>
                name.EndsWith("serialized_exported_program.json", StringComparison.Ordinal)
                || name.EndsWith("archive_format", StringComparison.Ordinal)
            )
        )
            return "is a program that torch.export saved (.pt2); save the model's state_dict() instead: torch.save(torch.export.load(FILE).state_dict, OTHER)";
        if (names.Any(name => name.Contains(".data/extern_modules", StringComparison.Ordinal)))
            return "is a torch.package, which holds programs; load it and save the model's state_dict() with torch.save";
        if (names.Any(name => name.EndsWith("saved_model.pb", StringComparison.Ordinal)))
            return $"is a zip archive of a TensorFlow SavedModel; {FromTensorFlow}";
        if (names.FirstOrDefault(name => Weights().IsMatch(name)) is { } inner)
            return $"is a zip archive with the file '{Quote(inner)}' in it; unpack it (unzip {ShellWords.Quote(name)}) and name that file";
        return $"is a zip archive without a 'data.pkl', so torch.save did not write it; it holds '{Quote(names[0])}'"
            + (names.Count > 1 ? $" and {names.Count - 1} more" : "")
            + "; name a file of weights";
    }

    /// <summary>A name that tells of the packing is kept for the packed file; under any other, what comes out is looked for.</summary>
    private static string Packed(string what, string command, string name)
    {
        var (packed, unpacked) = (ShellWords.Quote(name), ShellWords.Quote($"{name}.unpacked"));
        return PackedName().IsMatch(name)
            ? $"is packed with {what}; unpack it ({command} {packed} > {unpacked}) and name {unpacked}"
            : $"is packed with {what}; unpack it in its place ({command} {packed} > {unpacked} && mv {unpacked} {packed}) and try again";
    }

    private static string Picture(string kind) => $"is a picture ({kind}), not a file of weights; check the path";

    private static string? Hdf5(ReadOnlySpan<byte> content)
    {
        for (var place = 0; place + 8 <= content.Length && place <= LongestSearch; place = place == 0 ? 512 : 2 * place)
        {
            if (!content[place..].StartsWith((ReadOnlySpan<byte>)[0x89, .. "HDF\r\n\x1a\n"u8]))
                continue;
            var beginning = content[..Math.Min(content.Length, LongestSearch)];
            return
                beginning.IndexOf("keras_version"u8) >= 0
                || beginning.IndexOf("layer_names"u8) >= 0
                || beginning.IndexOf("model_weights"u8) >= 0
                ? "is a Keras model or its weights (HDF5, .h5); load it with Keras and save its weights under their names with numpy.savez"
                : "is an HDF5 file (.h5); load it with h5py and save its arrays under their names with numpy.savez";
        }

        return null;
    }

    private static string Tar(ReadOnlySpan<byte> content, string name)
    {
        // What an extended header says comes before the file that it is of.
        while (content.Length > 1536 && content[156] is (byte)'x' or (byte)'g' or (byte)'L')
            content = content[1024..];
        var first = Quote(Encoding.Latin1.GetString(content[..Math.Max(content[..100].IndexOf((byte)0), 0)]));
        return first.TrimStart('.', '/') is "sys_info" or "pickle" or "storages" or "tensors"
            ? "is a tar archive of a PyTorch before 0.1.10; load it with an old PyTorch and save it again"
            : $"is a tar archive with '{first}' in it; unpack it (tar -xf {ShellWords.Quote(name)}) and name the file of weights in it";
    }

    private static bool Torch7(ReadOnlySpan<byte> content) =>
        content.Length > 24
        && content[0] is 3 or 4
        && content[1..4].IndexOfAnyExcept((byte)0) < 0
        && (
            content[..Math.Min(64, content.Length)].IndexOf("torch."u8) >= 0
            || content[..Math.Min(64, content.Length)].IndexOf("nn."u8) >= 0
        );

    /// <summary>ONNX and TensorFlow's graphs are protocol buffers, which have no magic number: their first fields tell.</summary>
    private static string? Protobuf(ReadOnlySpan<byte> content)
    {
        // A GraphDef begins with a node: field 1 with, as its fields 1 and 2, a name and an operation.
        if (
            content[0] == 0x0a
            && Field(content[1..], out var node, out _)
            && node.Length > 2
            && node[0] == 0x0a
            && Field(node[1..], out var nodeName, out var afterName)
            && Printable(nodeName)
            && nodeName.Length > 0
            && afterName.Length > 2
            && afterName[0] == 0x12
            && Field(afterName[1..], out var operation, out _)
            && IsOperation(operation)
        )
        {
            return $"is a frozen graph of TensorFlow (.pb); {FromTensorFlow}";
        }

        // A MetaGraphDef begins with its MetaInfoDef, and goes on with a graph.
        if (
            content[0] == 0x0a
            && Field(content[1..], out _, out var afterInfo)
            && afterInfo.Length > 2
            && afterInfo[0] == 0x12
            && (content.IndexOf("VariableV2"u8) >= 0 || content.IndexOf("VarHandleOp"u8) >= 0)
        )
            return $"is the graph of a TensorFlow checkpoint (.meta); {FromTensorFlow}";

        // ModelProto: field 1 is the IR version, 2 the producer's name, 3 its version, 7 the graph. SavedModel: field 1 is its version, 2 a MetaGraphDef.
        if (content[0] != 0x08 || content.Length < 4 || content[1] is 0 or > 0x20)
            return null;
        var rest = content[2..];
        if (
            rest[0] == 0x12
            && Field(rest[1..], out var producer, out var after)
            && producer.Length <= 64
            && Printable(producer)
            && (after.IsEmpty || after[0] is 0x1a or 0x22 or 0x28 or 0x32 or 0x3a or 0x42)
        )
        {
            return Onnx;
        }

        if (rest[0] is 0x3a or 0x42 or 0x1a && HasOperation(content[..Math.Min(content.Length, LongestSearch)]))
            return Onnx;
        return content[1] == 1 && rest[0] == 0x12 ? $"is a SavedModel of TensorFlow (saved_model.pb); {FromTensorFlow}" : null;
    }

    private static bool Field(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> rest)
    {
        value = [];
        rest = [];
        ulong length = 0;
        for (var i = 0; i < 5 && i < content.Length; i++)
        {
            length |= (ulong)(content[i] & 0x7f) << (7 * i);
            if (content[i] >= 0x80)
                continue;
            var start = i + 1;
            var end = (ulong)start + length;

            // A file that is cut short in the field still shows its beginning.
            value = content[start..(int)Math.Min(end, (ulong)content.Length)];
            rest = end < (ulong)content.Length ? content[(int)end..] : [];
            return true;
        }

        return false;
    }

    private static bool HasOperation(ReadOnlySpan<byte> content) =>
        content.IndexOf("Conv"u8) >= 0 || content.IndexOf("Gemm"u8) >= 0 || content.IndexOf("MatMul"u8) >= 0;

    private static bool IsOperation(ReadOnlySpan<byte> text) =>
        text.Length is > 1 and < 64 && (char.IsAsciiLetterUpper((char)text[0]) || text[0] == '_') && Printable(text);

    private static bool Printable(ReadOnlySpan<byte> text) => text.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0;

    /// <summary>The beginning of a file as text; null where it is none.</summary>
    private static string? Text(ReadOnlySpan<byte> content)
    {
        var beginning = content[..Math.Min(content.Length, LongestText)];
        if (beginning.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) && beginning.Length % 2 == 0)
            return Encoding.Unicode.GetString(beginning[2..]);
        if (beginning.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
            beginning = beginning[3..];
        foreach (var one in beginning)
            if (one is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 0x0c or 0x1b) or 0x7f)
                return null;

        // A character may be cut in two at the end.
        for (var cut = 0; cut < 4 && cut < beginning.Length; cut++)
        {
            try
            {
                return Utf8.GetString(beginning[..^cut]);
            }
            catch (DecoderFallbackException) when (content.Length > LongestText) { }
            catch (DecoderFallbackException)
            {
                // Old pages are in Latin-1.
                return beginning.TrimStart(" \t\r\n"u8).StartsWith("<"u8) ? Encoding.Latin1.GetString(beginning) : null;
            }
        }

        return null;
    }

    private static string OfText(string text, ReadOnlySpan<byte> content, string name)
    {
        text = text.TrimStart();
        if (LfsPointer().Match(text) is { Success: true } pointer)
        {
            return $"is a pointer of Git LFS{(pointer.Groups[1].Success ? $" to a file of {pointer.Groups[1].Value} bytes" : "")}, not the file itself; "
                + "run 'git lfs pull' in the repository that it is from";
        }

        if (text.Length == 0)
            return "holds nothing but blanks; fetch it again";
        if (text.Contains("/annex/objects/", StringComparison.Ordinal) && text.Length < 1000)
        {
            var folder = Path.GetDirectoryName(name) is { Length: > 0 } given ? given : ".";
            return "is a pointer of git-annex, not the file itself; fetch that "
                + $"(git -C {ShellWords.Quote(folder)} annex get {ShellWords.Quote(Path.GetFileName(name))})";
        }

        if (Html().IsMatch(text))
        {
            var title = Title().Match(text);
            return $"is a web page{(title.Success ? $" ('{Quote(title.Groups[1].Value)}')" : "")}, not the file itself; fetch it again by the link that downloads the file";
        }

        if (text.StartsWith('<'))
            return $"is an XML document, as servers answer with that refuse a download ('{Quote(text)}'); fetch it again";
        if (Json().IsMatch(text))
        {
            return text.Contains("\"weight_map\"", StringComparison.Ordinal)
                ? "is the index of a checkpoint in several files (JSON); name a file of weights, or join them into one"
                : $"is JSON text, not a file of weights ('{Quote(text)}'); fetch the file again, or name the file of weights in the same folder";
        }

        if (text.StartsWith("model_checkpoint_path", StringComparison.Ordinal))
            return $"is the list of a TensorFlow checkpoint; {FromTensorFlow}";
        var kind = Yaml().IsMatch(text) ? "YAML text, perhaps the settings of a training" : "text";
        return $"is {kind}, not a file of weights ({content.Length} bytes that begin with '{Quote(text)}'); name the file of weights, or fetch it again";
    }

    /// <summary>A few characters in one line, none of which controls a terminal.</summary>
    private static string Quote(string text)
    {
        var line = Blanks().Replace(text, " ").Trim();
        var shown = new StringBuilder();
        foreach (var rune in line.EnumerateRunes())
        {
            if (shown.Length >= LongestQuote)
                return $"{shown}…";
            if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Format or UnicodeCategory.PrivateUse))
                shown.Append(rune);
        }

        return shown.ToString();
    }

    [GeneratedRegex(
        @"^version https?://(?:git-lfs\.github\.com|git-media\.io|hawser\.github\.com)/\S*\s(?:[\s\S]*?^size ([0-9]{1,19})\s*$)?",
        RegexOptions.Multiline
    )]
    private static partial Regex LfsPointer();

    [GeneratedRegex(@"^(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|title)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Html();

    [GeneratedRegex(@"^[{\[]\s*(?:[{}\[\]""\d-]|true|false|null|$)")]
    private static partial Regex Json();

    [GeneratedRegex(@"<title[^>]*>\s*([^<]{1,400}?)\s*</title", RegexOptions.IgnoreCase)]
    private static partial Regex Title();

    [GeneratedRegex(@"^(?:%YAML|---\s|(?:#[^\n]*\n\s*)*(?:[A-Za-z_][\w.-]*|""[^""\n]*"")\s*:(?:\s|$)[^\n]*\n?(?:\s*(?:[A-Za-z_#-]|$)))")]
    private static partial Regex Yaml();

    [GeneratedRegex(@"\.data-[0-9]{5}-of-[0-9]{5}$")]
    private static partial Regex TensorFlowData();

    [GeneratedRegex(@"\.(?:pth|pt|pkl|pickle|safetensors|npz|ckpt|tar|bin)$", RegexOptions.IgnoreCase)]
    private static partial Regex Weights();

    [GeneratedRegex(@"\.(?:gz|tgz|bz2|xz|txz|zst|lz4|lzma)$", RegexOptions.IgnoreCase)]
    private static partial Regex PackedName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
