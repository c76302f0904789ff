using System.Buffers.Binary;
using System.Text;
using FsCheck.Xunit;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Safetensors;

public sealed class SafetensorsTests
{
    [Property(MaxTest = 50)]
    public void Read_OfWhatWasWritten_GivesTheSameNumbers(NormalNumbers[] tensors)
    {
        var writer = new SafetensorsWriter().AddMetadata("iteration", "12");
        for (var i = 0; i < tensors.Length; i++)
            writer.Add($"t{i}", tensors[i].Values, tensors[i].Values.Length);

        var file = SafetensorsFile.Read(writer.ToArray(), "file");

        file.Header.Metadata["iteration"].ShouldBe("12");
        for (var i = 0; i < tensors.Length; i++)
            file.ReadFloats($"t{i}", tensors[i].Values.Length).ShouldBe(tensors[i].Values);
    }

    [Fact]
    public void ToArray_WhateverTheOrderOfAdding_GivesTheSameBytes()
    {
        var one = new SafetensorsWriter().Add("a", [1], 1).Add("b", [2, 3], 2).AddMetadata("x", "1").AddMetadata("y", "2");
        var other = new SafetensorsWriter().AddMetadata("y", "2").Add("b", [2, 3], 2).AddMetadata("x", "1").Add("a", [1], 1);

        one.ToArray().ShouldBe(other.ToArray());
    }

    [Theory]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0x3F })]
    [InlineData("F16", new byte[] { 0, 0x3E })]
    [InlineData("BF16", new byte[] { 0xC0, 0x3F })]
    public void ReadFloats_OfOtherPrecisions_Converts(string dtype, byte[] bytes) =>
        Read(File($$$"""{"t":{"dtype":"{{{dtype}}}","shape":[1],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes))
            .ReadFloats("t", 1)
            .ShouldBe([1.5f]);

    [Theory]
    [InlineData("F8_E4M3", 8)]
    [InlineData("C64", 1)]
    [InlineData("F4", 3)]
    public void ReadFloats_OfATypeThatIsNotRead_IsAnErrorOfThatTensorAlone(string dtype, int elements)
    {
        var file = Read(
            File(
                $$$"""{"a":{"dtype":"{{{dtype}}}","shape":[{{{elements}}}],"data_offsets":[0,8]},"b":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}}""",
                [.. new byte[8], 7, 0, 0, 0, 0, 0, 0, 0]
            )
        );

        file.ReadFloats("b", 1).ShouldBe([7f]);
        Should
            .Throw<CheckpointException>(() => file.ReadFloats("a", elements))
            .Message.ShouldBe($"weights.safetensors holds 'a' as {dtype}, which is not read; convert it to float32 and save it again.");
    }

    [Theory]
    [InlineData(
        """{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"u":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""",
        "overlapping"
    )]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap of 4 bytes before 't'")]
    [InlineData(
        """{"t":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""",
        "cut short: it has 71 bytes of the 79 that its header tells of"
    )]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes that belong to no tensor")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "do not match")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""", "do not match")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4294967296,4294967296,2],"data_offsets":[0,8]}}""", "do not match")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "do not match")]
    [InlineData("""{"t":{"shape":[2],"data_offsets":[0,8]}}""", "not valid safetensors JSON")]
    [InlineData("""{"t":7}""", "not valid safetensors JSON")]
    [InlineData("""[1]""", "not valid safetensors JSON")]
    [InlineData(
        """{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""",
        "not valid"
    )]
    [InlineData("""{"t":{"dtype":"F32","shape":[1e99],"data_offsets":[0,8]}}""", "not valid safetensors JSON")]
    public void Read_OfAHostileHeader_SaysWhatIsWrong(string header, string reason)
    {
        var message = Should.Throw<CheckpointException>(() => Read(File(header, new byte[8]))).Message;

        message.ShouldStartWith("weights.safetensors ");
        message.ShouldContain(reason);
    }

    [Theory]
    [InlineData(2_000_000_000UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001UL)]
    [InlineData(100UL)]
    public void Read_OfAHeaderLongerThanTheFile_AllocatesNothingOfTheKind(ulong length)
    {
        var content = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(content, length);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<CheckpointException>(() => Read(content)).Message.ShouldContain($"claims a header of {length} bytes");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void Read_OfTwoThousandMutations_FailsClearlyOrReadsFiniteWeights()
    {
        var original = RandomGenerator.File(RandomGenerator.Tiny);
        var random = new Random(42);
        var (read, refused) = (0, 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2000; i++)
        {
            var mutated = random.Next(8) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();
            for (var flips = random.Next(1, 6); flips > 0 && mutated.Length > 0; flips--)
                mutated[random.Next(random.Next(2) == 0 ? mutated.Length : Math.Min(mutated.Length, 1400))] = (byte)random.Next(256);
            try
            {
                var weights = (PgganWeights)EngineCatalog.BuiltIn.Families.Read(mutated, "mutated");
                weights.Layers.ShouldAllBe(layer => layer.Weight.All(float.IsFinite));
                read++;
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }

        (read + refused).ShouldBe(2000);
        read.ShouldBeGreaterThan(50);
        refused.ShouldBeGreaterThan(500);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2000L * 8 * original.Length);
    }

    [Fact]
    public void Add_OfNumbersThatDoNotFitTheShape_Throws() =>
        Should.Throw<ArgumentException>(() => new SafetensorsWriter().Add("t", [1, 2, 3], 2, 2)).Message.ShouldContain("3 elements");

    private static SafetensorsFile Read(byte[] content) => SafetensorsFile.Read(content, "weights.safetensors");

    private static byte[] File(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    public sealed class NormalNumbers(FsCheck.NormalFloat[] values)
    {
        public float[] Values { get; } = [.. values.Select(value => (float)value.Get).Where(float.IsFinite)];
    }
}
