using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using static PmSFC.Engine.Tests.Checkpoints.HostilePickle;

namespace PmSFC.Engine.Tests.Checkpoints;

/// <summary>Files that are no checkpoints are named for what they are, whatever their names say.</summary>
public sealed class ForeignFileTests
{
    [Theory]
    [InlineData("", "is empty (0 bytes); fetch it again")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0", "holds 10 bytes that are all 0, as a download leaves it that was broken off")]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 12345\n",
        "is a pointer of Git LFS to a file of 12345 bytes, not the file itself; run 'git lfs pull'"
    )]
    [InlineData(
        "version https://git-lfs.github.com/spec/v1\r\noid sha256:aa\r\nsize 7\r\n",
        "is a pointer of Git LFS to a file of 7 bytes"
    )]
    [InlineData(
        "/annex/objects/SHA256E-s100--ab.pth\n",
        "is a pointer of git-annex, not the file itself; fetch that (git -C . annex get weights.pth)"
    )]
    [InlineData(
        "<!DOCTYPE html><html><head><title>Google Drive - Virus scan warning</title>",
        "is a web page ('Google Drive - Virus scan warning'), not the file itself; fetch it again"
    )]
    [InlineData("\n  <HTML lang=en><body>Quota\u001b[31m exceeded", "is a web page, not the file itself")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- a --><html>", "is a web page")]
    [InlineData(
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
        "is an XML document, as servers answer with that refuse a download ('<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>"
    )]
    [InlineData("{\"error\": \"not found\"}", "is JSON text, not a file of weights ('{\"error\": \"not found\"}')")]
    [InlineData("{\"metadata\": {}, \"weight_map\": {\"a\": \"b\"}}", "is the index of a checkpoint in several files (JSON)")]
    [InlineData("model:\n  name: pggan\n", "is YAML text, perhaps the settings of a training")]
    [InlineData(
        "Weights are on our server, ask us.",
        "is text, not a file of weights (34 bytes that begin with 'Weights are on our server, ask us.')"
    )]
    [InlineData("config of the network\nmore\n", "is text, not a file of weights")]
    [InlineData("(see the paper)\n", "is text, not a file of weights")]
    [InlineData("model_checkpoint_path: \"model.ckpt-1\"\n", "is the list of a TensorFlow checkpoint")]
    [InlineData("\u0089HDF\r\n\u001a\n\0\0\0 model_weights", "is a Keras model or its weights (HDF5, .h5)")]
    [InlineData("\u0089HDF\r\n\u001a\n\0\0\0", "is an HDF5 file (.h5); load it with h5py")]
    [InlineData(
        "\u001f\u008b\u0008\0\0\0\0\0\0",
        "is packed with gzip; unpack it in its place (gzip -dc weights.pth > weights.pth.unpacked && mv weights.pth.unpacked weights.pth) and try again"
    )]
    [InlineData("\u0078\u0001abc", "is packed with zlib")]
    [InlineData("\u0078\u005eabc", "is packed with zlib, as joblib does it")]
    [InlineData("\u0078\u00daabc", "is packed with zlib")]
    [InlineData("<html><title>Acc\u00e8s refus\u00e9</title>", "is a web page ('Acc\u00e8s refus\u00e9')")]
    [InlineData("[InternetShortcut]\r\nURL=https://x", "is text, not a file of weights")]
    [InlineData("BZh91AY&SY", "is packed with bzip2")]
    [InlineData("\u00fd7zXZ\0\0", "is packed with xz; unpack it in its place (xz -dc weights.pth > ")]
    [InlineData("\u0028\u00b5\u002f\u00fd\0\0", "is packed with zstd")]
    [InlineData("7z\u00bc\u00af\u0027\u001c\0", "is a 7z archive; unpack it (7z x weights.pth) and name the file of weights in it")]
    [InlineData("GGUF\u0003\0\0\0", "is a GGUF file")]
    [InlineData("\u0020\0\0\0TFL3", "is a TensorFlow Lite model")]
    [InlineData("MATLAB 5.0 MAT-file, Platform: GLNXA64", "is a MATLAB file (.mat)")]
    [InlineData("\u0089PNG\r\n\u001a\n\0\0\0", "is a picture (PNG), not a file of weights")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0", "is a picture (JPEG)")]
    [InlineData("RIFF\0\0\0\0WEBPVP8 ", "is a picture (WebP)")]
    [InlineData("%PDF-1.7", "is a PDF document")]
    [InlineData("\u0008\u0007\u0012\u0007pytorch\u001a\u00052.1.0:\u0080\u0001", "is an ONNX model")]
    [InlineData("\u0008\u0001\u0012\u0080\u0080\u0004\n\u0010\u0012\u0003abc", "is a SavedModel of TensorFlow")]
    [InlineData("\n\u0017\n\u0005input\u0012\u000bPlaceholder*\u0001a", "is a frozen graph of TensorFlow (.pb)")]
    [InlineData("abc\u0057\u00fb\u0080\u008b\u0024\u0075\u0047\u00db", "is the index of a TensorFlow checkpoint")]
    [InlineData("\u0004\0\0\0\u0001\0\0\0\u0003\0\0\0V 1\u000d\0\0\0nn.Sequential", "is a file of Lua's Torch7")]
    [InlineData("\u0012\u0001\0\0\0\0\0\0\0\0", "is a file of MXNet's parameters")]
    [InlineData("\u0093NUMPY\u0001\0v\0{", "is one NumPy array without a name (.npy)")]
    [InlineData(
        "\u00fe\u00ed\u00fa\u00ce\u0001\u0002\u0003\u0004\u0005",
        "is no checkpoint of a kind that is known: it begins with the bytes feedface01020304 and has 9 bytes"
    )]
    [InlineData(
        "PK\u0003\u0004 and nothing else",
        "is a damaged zip archive: the list of its records, which is at the end of one, is not in its 21 bytes, so it is cut short"
    )]
    public void Read_OfAFileOfAnotherKind_SaysWhatItIs(string content, string sentence)
    {
        var message = Should.Throw<CheckpointException>(() => StateDict.Read(Bytes(content), "weights.pth")).Message;

        message.ShouldStartWith($"weights.pth {sentence}");
        message.ShouldEndWith(".");
        message.ShouldNotContain('\n');
        message.ShouldNotContain('\u001b');
    }

    [Fact]
    public void Read_OfTensorFlowsData_KnowsItByItsNameAlone() =>
        Should
            .Throw<CheckpointException>(() =>
                StateDict.Read(Bytes("\u00fe\u00ed\u00fa\u00ce\u0001\u0002"), "model.ckpt-7.data-00000-of-00001")
            )
            .Message.ShouldStartWith("model.ckpt-7.data-00000-of-00001 is the data of a TensorFlow checkpoint");

    [Theory]
    [InlineData("config.json,model.weights.h5", "is a Keras model (.keras)")]
    [InlineData("m/serialized_exported_program.json", "is a program that torch.export saved (.pt2)")]
    [InlineData("p/.data/extern_modules,p/model.pkl", "is a torch.package")]
    [InlineData("a/saved_model.pb", "is a zip archive of a TensorFlow SavedModel")]
    [InlineData(
        "readme.txt,nets/G.pth",
        "is a zip archive with the file 'nets/G.pth' in it; unpack it (unzip weights.pth) and name that file"
    )]
    [InlineData(
        "a.txt,b.txt",
        "is a zip archive without a 'data.pkl', so torch.save did not write it; it holds 'a.txt' and 1 more; name a file of weights"
    )]
    [InlineData("", "is an empty zip archive")]
    public void Read_OfAnArchiveOfAnotherKind_SaysWhatItIs(string names, string sentence)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries))
                archive.CreateEntry(name);

        Should
            .Throw<CheckpointException>(() => StateDict.Read(stream.ToArray(), "weights.pth"))
            .Message.ShouldStartWith($"weights.pth {sentence}");
    }

    [Theory]
    [InlineData("pickle", "is a tar archive of a PyTorch before 0.1.10")]
    [InlineData("generator/net.pth", "is a tar archive with 'generator/net.pth' in it; unpack it (tar -xf weights.pth) and name")]
    public void Read_OfATarArchive_TellsPyTorchsFromOthers(string first, string sentence)
    {
        var tar = new byte[1024];
        Encoding.ASCII.GetBytes(first).CopyTo(tar, 0);
        "ustar"u8.CopyTo(tar.AsSpan(257));

        Should.Throw<CheckpointException>(() => StateDict.Read(tar, "weights.pth")).Message.ShouldStartWith($"weights.pth {sentence}");
    }

    /// <summary>The command of the refusal is given to a shell as it stands, in whatever folder and under whatever name the file lies.</summary>
    [Theory]
    [InlineData("gzip", "net.pth", "net.pth")]
    [InlineData("gzip", "net.pth.gz", "net.pth.gz.unpacked")]
    [InlineData("gzip", "it's $HOME; (v2) of\tme.pth", "it's $HOME; (v2) of\tme.pth")]
    [InlineData("tar", "nets & more.tar", "net.safetensors")]
    public void Read_OfAPackedFileAsItsRefusalSays_ReadsIt(string kind, string name, string named)
    {
        var folder = Directory.CreateTempSubdirectory("pmsfc packed-").FullName;
        var weights = new SafetensorsWriter().Add("a", [1.5f], 1).ToArray();
        var path = Path.Combine(folder, name);
        if (kind == "gzip")
        {
            using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            gzip.Write(weights);
        }
        else
        {
            Directory.CreateDirectory(Path.Combine(folder, "in"));
            File.WriteAllBytes(Path.Combine(folder, "in", "net.safetensors"), weights);
            System.Formats.Tar.TarFile.CreateFromDirectory(Path.Combine(folder, "in"), path, includeBaseDirectory: false);
        }

        var message = Should.Throw<CheckpointException>(() => StateDict.Read(File.ReadAllBytes(path), path)).Message[path.Length..];
        var command = message[
            (message.IndexOf("unpack it", StringComparison.Ordinal) + "unpack it".Length)..message.LastIndexOf(
                ") and ",
                StringComparison.Ordinal
            )
        ];
        using (
            var shell = Process.Start(
                new ProcessStartInfo("bash", ["-c", command[(command.IndexOf('(', StringComparison.Ordinal) + 1)..]])
                {
                    WorkingDirectory = folder,
                }
            )!
        )
        {
            shell.WaitForExit();
            shell.ExitCode.ShouldBe(0, message);
        }

        StateDict.Read(File.ReadAllBytes(Path.Combine(folder, named)), named).ReadFloats("a", 1).ShouldBe([1.5f]);
        Directory.Delete(folder, recursive: true);
    }
}
