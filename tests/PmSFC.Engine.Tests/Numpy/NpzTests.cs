using System.Buffers.Binary;
using FsCheck;
using FsCheck.Xunit;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Tests.Metrics;

namespace PmSFC.Engine.Tests.Numpy;

public sealed class NpzTests
{
    private const string Good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }";
    private static readonly double[] Six = [1, 2, 3, 4, 5, 6];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ReadDoubles_RowMajor_IsAsStored(byte version) =>
        Read(new NpzBuilder().Add("a", NpzBuilder.Array(version, Good, NpzBuilder.Bytes(Six)))).ShouldBe(Six);

    [Fact]
    public void ReadDoubles_FortranOrder_IsTurnedToRows() =>
        // numpy: np.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies in memory as 1 4 2 5 3 6.
        Read(new NpzBuilder().Add("a", Good.Replace("False", "True"), NpzBuilder.Bytes(1, 4, 2, 5, 3, 6))).ShouldBe(Six);

    [Fact]
    public void ReadDoubles_SingleAndHalfPrecision_AreWidened()
    {
        Read(new NpzBuilder().Add("a", Good.Replace("f8", "f4"), [.. Six.SelectMany(value => BitConverter.GetBytes((float)value))]))
            .ShouldBe(Six);
        Read(new NpzBuilder().Add("a", Good.Replace("f8", "f2"), [.. Six.SelectMany(value => BitConverter.GetBytes((Half)value))]))
            .ShouldBe(Six);
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (), }", "with more bytes than its shape needs")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (999999999, 999999999), }", "that ends too early")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2, -3), }", "whose header is not numpy's dictionary")]
    [InlineData("{'descr': __import__('os'), 'fortran_order': False, 'shape': (2, 3), }", "whose header is not numpy's dictionary")]
    [InlineData("", "whose header is not numpy's dictionary")]
    public void ReadDoubles_HeaderOfSomethingElse_IsRefused(string header, string reason) =>
        Refusal(new NpzBuilder().Add("a", header, NpzBuilder.Bytes(Six)).Build()).ShouldStartWith($"w.npz holds an 'a.npy' {reason}");

    [Theory]
    [InlineData(
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }",
        "as NumPy's type |O, which is not read; convert it to float32 and save it again"
    )]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }", "with shape [3, 2], but [2, 3] is needed")]
    public void ReadDoubles_ArrayOfAnotherTypeOrShape_IsRefused(string header, string reason) =>
        Refusal(new NpzBuilder().Add("a", header, NpzBuilder.Bytes(Six)).Build()).ShouldBe($"w.npz holds 'a' {reason}.");

    [Fact]
    public void ReadDoubles_BigEndianAndIntegers_AreConverted()
    {
        Read(new NpzBuilder().Add("a", Good.Replace("<", ">"), [.. Six.SelectMany(value => BitConverter.GetBytes(value).Reverse())]))
            .ShouldBe(Six);
        Read(new NpzBuilder().Add("a", Good.Replace("f8", "i8"), [.. Six.SelectMany(value => BitConverter.GetBytes((long)value))]))
            .ShouldBe(Six);
    }

    [Fact]
    public void ReadDoubles_DataTooShortOrTooLong_IsRefused()
    {
        Refusal(new NpzBuilder().Add("a", Good, NpzBuilder.Bytes(1, 2)).Build())
            .ShouldStartWith("w.npz holds an 'a.npy' that ends too early: it has ");
        Refusal(new NpzBuilder().Add("a", Good, [.. NpzBuilder.Bytes(Six), 0]).Build())
            .ShouldBe("w.npz holds an 'a.npy' with more bytes than its shape needs.");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void ReadDoubles_NumberThatIsNotFinite_IsRefused(double value) =>
        Refusal(new NpzBuilder().Add("a", Good, NpzBuilder.Bytes(1, 2, 3, value, 5, 6)).Build())
            .ShouldContain("in 'a' at element 3; weights must be finite numbers");

    [Fact]
    public void ReadDoubles_HeaderThatClaimsGigabytes_IsRefusedBeforeTheyAreRead()
    {
        var array = NpzBuilder.Array(2, Good, NpzBuilder.Bytes(Six));
        BinaryPrimitives.WriteUInt32LittleEndian(array.AsSpan(8), uint.MaxValue);

        Refusal(new NpzBuilder().Add("a", array).Build()).ShouldContain("whose header is 4294967295 bytes long");
    }

    [Fact]
    public void ReadDoubles_ArchiveThatUnpacksToMuch_IsReadNoFurtherThanItsArray()
    {
        var bomb = new NpzBuilder().Add("a", Good, new byte[32 << 20]).Build();
        bomb.Length.ShouldBeLessThan(1 << 20);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Refusal(bomb).ShouldContain("with more bytes than its shape needs");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
        Refusal(new NpzBuilder().Add("a", Good, new byte[65 << 20]).Build()).ShouldStartWith("w.npz claims 68157");
    }

    [Fact]
    public void ReadDoubles_MissingOrDoubledArray_IsRefused()
    {
        Refusal(new NpzBuilder().Add("b", [2, 3], Six).Build()).ShouldBe("w.npz lacks the tensor 'a'.");
        Refusal(new NpzBuilder().Add("a", [2, 3], Six).Add("a", [2, 3], Six).Build()).ShouldBe("w.npz has two records named 'a.npy'.");
    }

    [Property(MaxTest = 300)]
    public void ReadDoubles_DamagedFile_IsReadOrRefusedAndNothingElse(NonNegativeInt place, byte value, NonNegativeInt length)
    {
        var file = new NpzBuilder().Add("a", [2, 3], Six).Build();
        file[place.Get % file.Length] = value;
        if (length.Get % 3 == 0)
            file = file[..(length.Get % file.Length)];

        try
        {
            StateDict.Read(file, "w.npz").ReadDoubles("a", 2, 3).Length.ShouldBe(6);
        }
        catch (CheckpointException e)
        {
            e.Message.ShouldStartWith("w.npz ");
        }
    }

    private static double[] Read(NpzBuilder file) => StateDict.Read(file.Build(), "w.npz").ReadDoubles("a", 2, 3);

    private static string Refusal(byte[] file) =>
        Should.Throw<CheckpointException>(() => StateDict.Read(file, "w.npz").ReadDoubles("a", 2, 3)).Message;
}
