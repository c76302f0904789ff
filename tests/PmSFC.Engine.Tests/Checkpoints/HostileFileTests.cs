using System.IO.Compression;
using System.Text;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Checkpoints.Pickles;
using static PmSFC.Engine.Tests.Checkpoints.HostilePickle;

namespace PmSFC.Engine.Tests.Checkpoints;

public sealed class HostileFileTests : IDisposable
{
    private readonly string _witness = Path.Combine(Path.GetTempPath(), $"pmsfc-executed-{Guid.NewGuid():n}");

    public void Dispose()
    {
        File.Exists(_witness).ShouldBeFalse("a global of a pickle was executed");
    }

    [Fact]
    public void Read_OfACallOfSystem_RefusesItByName()
    {
        byte[][] pickles =
        [
            Bytes($"cposix\nsystem\n(S'touch {_witness}'\ntR."),
            Bytes($"\u0080\u0002cos\nsystem\nX{Length($"touch {_witness}")}touch {_witness}\u0085R."),
            Bytes($"\u0080\u0004\u008c\u0005posix\u008c\u0006system\u0093\u008c{(char)_witness.Length}{_witness}\u0085R."),
            Bytes($"(iposix\nsystem\n."),
            Bytes($"(cposix\nsystem\nS'touch {_witness}'\no."),
            Bytes($"\u0080\u0002cposix\nsystem\n)\u0081}}b."),
        ];
        foreach (var pickle in pickles)
        {
            var message = Should.Throw<CheckpointException>(() => StateDict.Read(pickle, "evil.pth")).Message;
            message.ShouldContain("system, which are refused");
        }
    }

    [Fact]
    public void Read_OfACallBesideTensors_ReadsTheTensorsAndNamesTheRest()
    {
        var state = StateDict.Read(WithOneNumber(_witness), "mixed.pkl");

        state.Names.ShouldBe(["b"]);
        state.ReadFloats("b", 1).ShouldBe([1.5f]);
        state.Refused.ShouldBe(new Dictionary<string, string> { ["a"] = "posix.system" });
        Should
            .Throw<CheckpointException>(() => state.ReadFloats("a", 1))
            .Message.ShouldBe("mixed.pkl has an object of posix.system as 'a', which is refused: nothing in a checkpoint is executed.");
    }

    [Theory]
    [InlineData("\u0080\u0006N.", "protocol is 6")]
    [InlineData("\u0080\u0002\u00ff.", "0xff is no opcode")]
    [InlineData("\u0080\u0002]", "cut short")]
    [InlineData("\u0080\u0002.", "uses a value where there is none")]
    [InlineData("\u0080\u0002NN.", "left over")]
    [InlineData("\u0080\u0002h\u0007.", "recalls the value 7")]
    [InlineData("\u0080\u0002Nj\u00ff\u00ff\u00ff\u00ff.", "recalls the value 4294967295")]
    [InlineData("\u0080\u0002T\u00ff\u00ff\u00ff\u007fabc.", "2147483647 bytes long")]
    [InlineData("\u0080\u0002\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffa.", "18446744073709551615 bytes long")]
    [InlineData("\u0080\u0002\u008b\u0000\u0000\u0000\u0040zz", "1073741824 bytes long")]
    [InlineData("\u0080\u0002(0t.", "mark")]
    [InlineData("\u0080\u0002t.", "mark")]
    [InlineData("\u0080\u0002Na.", "uses a value where there is none")]
    [InlineData("\u0080\u0002NNa.", "no list")]
    [InlineData("\u0080\u0002}(Nu.", "key without a value")]
    [InlineData("\u0080\u0002K\u0001NNs.", "no dictionary")]
    [InlineData("\u0080\u0002NNR.", "tuple of arguments")]
    [InlineData("(iposix\nsystem", "does not end")]
    [InlineData("(Iabc\n.", "no number")]
    public void Read_OfADamagedPickle_SaysWhatIsWrong(string pickle, string reason)
    {
        var message = Should.Throw<CheckpointException>(() => StateDict.Read(Bytes(pickle), "weights.pkl")).Message;

        message.ShouldStartWith("weights.pkl ");
        message.ShouldContain(reason);
    }

    [Fact]
    public void Read_OfAMemoWithAHugeIndex_AllocatesNothingOfTheKind()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        StateDict
            .Read(Bytes($"\u0080\u0002}}r\u00ff\u00ff\u00ff\u00ff0j\u00ff\u00ff\u00ff\u00ffU\u0001b{OneNumber}s."), "memo.pkl")
            .ReadFloats("b", 1)
            .ShouldBe([1.5f]);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [InlineData("]", "a")]
    [InlineData("(", "t")]
    [InlineData("(", "l")]
    [InlineData("", "\u0085")]
    public void Read_OfContainersInEachOtherThreeHundredThousandDeep_DoesNotRecurse(string open, string close)
    {
        const int Depth = 300_000;
        var pickle = $"\u0080\u0002{string.Concat(Enumerable.Repeat(open, Depth))}N{string.Concat(Enumerable.Repeat(close, Depth))}.";

        Should
            .Throw<CheckpointException>(() => StateDict.Read(Bytes(pickle), "deep.pkl"))
            .Message.ShouldStartWith("deep.pkl holds no tensors in the outer 16 of its containers");
    }

    [Fact]
    public void Read_OfListsThatDoubleAtEveryLevel_EndsWithARefusal()
    {
        // Each tuple holds the one before it four thousand times.
        var pickle =
            $"\u0080\u0002]q\u0001{string.Concat(Enumerable.Repeat($"0({string.Concat(Enumerable.Repeat("h\u0001", 4000))}tq\u0001", 6))}.";

        Should.Throw<CheckpointException>(() => StateDict.Read(Bytes(pickle), "laughs.pkl")).Message.ShouldContain("without end");
    }

    [Fact]
    public void Read_OfMoreValuesThanAnyCheckpointHas_StopsEarly()
    {
        var pickle = new byte[PickleReader.MostValues + 10];
        Array.Fill(pickle, (byte)'}');
        (pickle[0], pickle[1]) = (0x80, 2);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<CheckpointException>(() => StateDict.Read(pickle, "many.pkl")).Message.ShouldContain("2000000 values");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(512 << 20);
    }

    [Theory]
    [InlineData("K\u0000", "(J\u00ff\u00ff\u00ff\u007fJ\u00ff\u00ff\u00ff\u007ft", "(K\u0000K\u0000t")]
    [InlineData("K\u0000", "(J\u00ff\u00ff\u00ff\u007ft", "(K\u0000t")]
    [InlineData("K\u0002", "(K\u0001t", "(K\u0001t")]
    [InlineData("J\u00ff\u00ff\u00ff\u00ff", "(K\u0001t", "(K\u0001t")]
    [InlineData("K\u0000", "(J\u00fe\u00ff\u00ff\u00fft", "(K\u0001t")]
    [InlineData("K\u0000", "(K\u0002t", "(J\u00ff\u00ff\u00ff\u00fft")]
    [InlineData("K\u0000", "(K\u0002K\u0001t", "(K\u0001t")]
    public void ReadFloats_OfATensorThatIsNotInItsStorage_SaysSo(string offset, string size, string stride)
    {
        var pickle = $"\u0080\u0002}}U\u0001tctorch._utils\n_rebuild_tensor_v2\n(({StorageId}Q{offset}{size}{stride}\u0089)tRs.";
        var state = StateDict.Read(Legacy(pickle), "legacy.pth");

        Should
            .Throw<CheckpointException>(() => state.ReadFloats("t", [.. state.Shape("t")]))
            .Message.ShouldContain("do not fit its storage of 1 elements");
    }

    [Theory]
    [InlineData(2L << 30)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void Read_OfAStorageThatClaimsToBeHuge_SaysThatTheFileIsCutShort(long elements)
    {
        var pickle = $"\u0080\u0002}}U\u0001tctorch._utils\n_rebuild_tensor_v2\n(({StorageId}QK\u0000(K\u0001t(K\u0001t\u0089)tRs.";
        var file = Legacy(pickle);
        BitConverter.TryWriteBytes(file.AsSpan(file.Length - 12), elements);

        Should.Throw<CheckpointException>(() => StateDict.Read(file, "legacy.pth")).Message.ShouldContain($"claims {elements} elements");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Read_OfAZipWhoseRecordIsDamaged_SaysWhich(int distance)
    {
        var data = Bytes("\u0080\u0002}q\u0000.");
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var record = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open();
            record.Write(data);
        }

        var file = stream.ToArray();
        file[file.AsSpan().IndexOf(data) + distance] ^= 1;

        Should
            .Throw<CheckpointException>(() => StateDict.Read(file, "weights.pth"))
            .Message.ShouldContain("'archive/data.pkl' has not the checksum");
    }

    private const string StorageId = "U\u0007storagectorch\nFloatStorage\nU\u0001kU\u0003cpuK\u0001Nt";

    private static byte[] Legacy(string pickle) =>
        [
            .. Bytes("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019."),
            .. Bytes("\u0080\u0002M\u00e9\u0003."),
            .. Bytes("\u0080\u0002}U\u000dlittle_endian\u0088s."),
            .. Bytes(pickle),
            .. Bytes("\u0080\u0002]U\u0001ka."),
            .. BitConverter.GetBytes(1L),
            .. BitConverter.GetBytes(1.5f),
        ];

    private static string Length(string text) => Encoding.Latin1.GetString(BitConverter.GetBytes(text.Length));
}
