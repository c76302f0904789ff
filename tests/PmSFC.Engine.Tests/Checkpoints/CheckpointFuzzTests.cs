using System.Diagnostics;
using System.IO.Compression;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Methods.Esrgan;
using PmSFC.Engine.Methods.Rcan;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Engine.Tests.Checkpoints;

/// <summary>
/// Small files of every format, layout and wrapper, damaged in many ways: each is read or refused with one sentence, soon and in little memory. The suite
/// damages each file some times; <c>PMSFC_FULL_FUZZ=1</c> makes it two thousand.
/// </summary>
public sealed class CheckpointFuzzTests(CheckpointFuzzTests.Files files, ITestOutputHelper output)
    : IClassFixture<CheckpointFuzzTests.Files>
{
    private const long MostBytesAllocated = 64 << 20;
    private static readonly int Mutations = Environment.GetEnvironmentVariable("PMSFC_FULL_FUZZ") == "1" ? 2_000 : 300;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("genforce.pth")]
    [InlineData("genforce-legacy.pth")]
    [InlineData("genforce-fused.pth")]
    [InlineData("genforce.safetensors")]
    [InlineData("gandissect-nested.pth")]
    [InlineData("gandissect-old.pth")]
    [InlineData("gan-zoo.pth")]
    [InlineData("gan-zoo-old.pth")]
    [InlineData("karras-fused.pkl")]
    [InlineData("karras-apart.pkl")]
    [InlineData("wrapped/legacy.pth")]
    [InlineData("wrapped/average-deep.pth")]
    [InlineData("wrapped/lightning-flat.ckpt")]
    [InlineData("wrapped/copies.pth")]
    [InlineData("wrapped/expanded.pth")]
    [InlineData("wrapped/mps-legacy.pth")]
    [InlineData("wrapped/zip-two.pth")]
    [InlineData("wrapped/arrays.npz")]
    [InlineData("wrapped/arrays-compressed.npz")]
    [InlineData("wrapped/big-endian-2.pkl")]
    public void Generator_MutatedFile_IsReadOrRefused(string file) => Fuzz(file, content =>
        {
            var weights = (PgganWeights)EngineCatalog.BuiltIn.Families.Read(content, file);
            foreach (var layer in weights.Layers.Append(weights.Output))
            {
                ((long)layer.Weight.Length).ShouldBe(layer.Shape.Aggregate(1L, (product, size) => product * size));
                Array.TrueForAll(layer.Weight, float.IsFinite).ShouldBeTrue();
            }

            weights.Architecture.Resolution.ShouldBeInRange(4, 1024);
        });

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("rosinality-0.pt")]
    [InlineData("rosinality-1.pt")]
    [InlineData("rosinality-2.pt")]
    [InlineData("stylegan2-ada-0.pkl")]
    [InlineData("stylegan2-ada-1.pkl")]
    [InlineData("stylegan2-ada-2.pkl")]
    [InlineData("genforce-stylegan2-0.pth")]
    [InlineData("karras-stylegan2-0.pkl")]
    [InlineData("karras-stylegan2-1.pkl")]
    [InlineData("genforce-stylegan1-0.pth")]
    [InlineData("genforce-stylegan1-1.pth")]
    [InlineData("karras-stylegan1-0.pkl")]
    [InlineData("karras-stylegan1-1.pkl")]
    public void StyleGan_MutatedFile_IsReadOrRefused(string file) => Fuzz(file, content =>
        {
            var weights = EngineCatalog.BuiltIn.Families.Read(content, file);
            Intact(weights.ToSafetensors());
            weights.Architecture.Resolution.ShouldBeInRange(4, 1024);
        });

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("vgg16.pth")]
    [InlineData("alexnet.pth")]
    [InlineData("squeezenet1_1.pth")]
    [InlineData("lpips.pth")]
    [InlineData("lpips-legacy.pth")]
    [InlineData("nested-legacy.pth")]
    [InlineData("numpy-0.pkl")]
    [InlineData("numpy-5.pkl")]
    [InlineData("system.pkl")]
    public void StateDict_MutatedFile_IsReadOrRefused(string file) => Fuzz(file, content =>
        {
            var state = StateDict.Read(content, file);
            foreach (var name in state.Names)
            {
                long[] shape = [.. state.Shape(name)];
                var values = state.ReadFloats(name, shape);
                ((long)values.Length).ShouldBe(shape.Aggregate(1L, (product, size) => product * size));
                Array.TrueForAll(values, float.IsFinite).ShouldBeTrue();
            }
        });

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("colorizer.pth")]
    public void Colorizer_MutatedFile_IsReadOrRefused(string file) =>
        Fuzz(file, content => Intact(new ColorizerTraining().Read(StateDict.Read(content, file), RandomGenerator.Tiny).Weights));

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("rcan-x4.pt")]
    [InlineData("rcan-basicsr-x2.pth")]
    public void Rcan_MutatedFile_IsReadOrRefused(string file) =>
        Fuzz(file, content => Intact(new RcanTraining().Read(StateDict.Read(content, file), RandomGenerator.Tiny).Weights));

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("esrgan-x2.pth")]
    [InlineData("esrgan-2018-x2.pth")]
    public void Esrgan_MutatedFile_IsReadOrRefused(string file) =>
        Fuzz(file, content => Intact(new EsrganTraining().Read(StateDict.Read(content, file), RandomGenerator.Tiny).Weights));

    private static void Intact(ReadOnlyMemory<byte> weights)
    {
        var copy = StateDict.Read(weights, "the copy");
        foreach (var name in copy.Names)
            copy.ReadFloats(name, [.. copy.Shape(name)]).ShouldNotBeEmpty();
    }

    private void Fuzz(string file, Action<byte[]> read)
    {
        var original = files.Content(file);
        read(original);
        var random = new Random(19_07_26);
        var (taken, refused, slowest, largest) = (0, 0, TimeSpan.Zero, 0L);
        for (var i = 0; i < Mutations; i++)
        {
            var content =
                original.AsSpan().StartsWith("PK"u8) && random.Next(2) == 0 ? MutateRecord(original, random) : Mutate(original, random);
            var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
            try
            {
                read(content);
                taken++;
            }
            catch (CheckpointException refusal)
            {
                refusal.Message.ShouldStartWith(file);
                refusal.Message.ShouldEndWith(".");
                refused++;
            }

            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - allocated);
            if (Stopwatch.GetElapsedTime(start) is var time && time > slowest)
                slowest = time;
        }

        output.WriteLine(
            $"{file} ({original.Length} bytes): {taken} read, {refused} refused; at most {slowest.TotalMilliseconds:f0} ms and {largest >> 10} KiB"
        );
        (taken + refused).ShouldBe(Mutations);
        taken.ShouldBeGreaterThan(Mutations / 100);
        refused.ShouldBeGreaterThan(Mutations / 10);
        slowest.ShouldBeLessThan(Longest);
        largest.ShouldBeLessThan(MostBytesAllocated);
        File.Exists(files.Witness).ShouldBeFalse("a global of a pickle was executed");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var content = random.Next(8) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();

        // Half of the changes fall near the beginning, where the structure of most files is.
        for (var changes = random.Next(1, 6); changes > 0 && content.Length > 0; changes--)
        {
            var at = random.Next(random.Next(2) == 0 ? content.Length : Math.Min(content.Length, 600));
            var end = Math.Min(content.Length, at + random.Next(1, 40));
            switch (random.Next(7))
            {
                case 0:
                    content[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    content[at] = (byte)random.Next(256);
                    break;
                case 2:
                    content[at] = 0xff;
                    break;
                case 3:
                    content = [.. content[..at], .. content[end..]];
                    break;
                case 4:
                    content = [.. content[..end], .. content[at..end], .. content[end..]];
                    break;
                case 5:
                    content = [.. content[..at], .. content[random.Next(at + 1)..end], .. content[at..]];
                    break;
                default:
                    content = [.. content[..at], (byte)random.Next(256), .. content[at..]];
                    break;
            }
        }

        return content;
    }

    /// <summary>Changes inside a record of an archive whose checksums are right, so that they reach what reads the record.</summary>
    private static byte[] MutateRecord(byte[] original, Random random)
    {
        using var stream = new MemoryStream();
        using (var source = new ZipArchive(new MemoryStream(original)))
        using (var target = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var entry in source.Entries)
            {
                var record = new byte[entry.Length];
                using (var from = entry.Open())
                    from.ReadExactly(record);
                if (record.Length > 0 && random.Next(entry.Name == "data.pkl" ? 2 : 20) == 0)
                    record = Mutate(record, random);
                using var to = target.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                to.Write(record);
            }
        }

        return stream.ToArray();
    }

    /// <summary>The files to damage, as PyTorch wrote them.</summary>
    public sealed class Files : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-fuzz-");

        public Files()
        {
            if (!Reference.IsAvailable)
                return;
            Reference.Ask("checkpoints.py", _folder.FullName);
            Reference.Ask("generator_layouts.py", _folder.FullName);
            Reference.Ask("stylegan1.py", _folder.FullName);
            Reference.Ask("stylegan2.py", _folder.FullName);
            Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
            Reference.Ask("colorizer_reference.py", "--random", PathOf("colorizer.pth"), "1", "3");
            Directory.CreateDirectory(PathOf("wrapped"));
            Reference.Ask("wrapped_checkpoints.py", PathOf("wrapped"));
            File.WriteAllBytes(
                PathOf("genforce.safetensors"),
                EngineCatalog.BuiltIn.Families.Read(Content("genforce.pth"), "genforce.pth").ToSafetensors()
            );
            var pickle = HostilePickle.WithOneNumber(Witness);
            File.WriteAllBytes(PathOf("system.pkl"), pickle);
        }

        /// <summary>A file that a pickle would make if it were executed.</summary>
        public string Witness => PathOf("executed");

        public byte[] Content(string file) => File.ReadAllBytes(PathOf(file));

        public void Dispose() => _folder.Delete(recursive: true);

        private string PathOf(string file) => Path.Combine(_folder.FullName, file);
    }
}
