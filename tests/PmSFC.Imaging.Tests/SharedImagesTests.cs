using System.Security.Cryptography;
using System.Text;

namespace PmSFC.Imaging.Tests;

/// <summary>Images next to the checkout, which are not part of it.</summary>
public sealed class SharedImagesTests
{
    /// <summary>16-bit files, whose upper bytes are kept where their reference is rounded.</summary>
    private const int MostOfSixteenBits = 1;

    /// <summary>The files of a folder that have a reference; one empty name where there is no such folder, since a theory needs data to be skipped.</summary>
    public static TheoryData<string> Files(string folder) =>
        Directory.Exists(SharedFiles.PathOf(folder))
            ?
            [
                .. Directory
                    .GetFiles(SharedFiles.PathOf(folder))
                    .Where(file => !file.EndsWith(".ref.png", StringComparison.Ordinal))
                    .Select(file => Path.GetFileName(file))
                    .Order(),
            ]
            : [""];

    [SharedTheory("faults/images")]
    [MemberData(nameof(Files), "faults/images")]
    public void Decode_FileThatOtherProgramsReadWrongly_EqualsItsReference(string file)
    {
        if (file.Length == 0)
            return;
        var path = SharedFiles.PathOf(Path.Combine("faults/images", file));

        var decoded = ImageFile.Read(path).Image;

        var expected = ImageFile.Read(Path.ChangeExtension(path, ".ref.png")).Image;
        (decoded.Width, decoded.Height).ShouldBe((expected.Width, expected.Height));
        decoded
            .Pixels.ToArray()
            .Zip(expected.Pixels.ToArray(), (a, b) => Math.Abs(a - b))
            .Max()
            .ShouldBeLessThanOrEqualTo(file.StartsWith("png-rgb16", StringComparison.Ordinal) ? MostOfSixteenBits : 0);
    }

    // SHA-256 over the content ids in order of name, each and a line feed: as libgd 2.3.3 decoded these folders.
    [SharedTheory("data")]
    [InlineData("data/celeba64/eval300", "0288386782e6c988f4ce2591c719275259dde90ed72e9c5e5e8cc19e004e281e")]
    [InlineData("data/scenes256", "b1d97bb4e7ff04b2f6724d7c93e607c54756deafb9f52da7305e25d5bfbf7971")]
    [InlineData("data/kodak", "1c0b611876698285cda9ce138be69562061a26cc61447fab0f0d04fb4e3eef60")]
    [InlineData("data/faces1024", "942fdb06de6433a70d5b08640632dedb4609449d71a09db254739532c2feadc7")]
    [InlineData("data/celebahq24", "aff88d6153aea52d605ba7f9db7622fe6bc3ef0c9ac630c904aa31f1427a210a")]
    public void Read_FolderOfPhotographs_GivesThePixelsOfEarlierVersions(string folder, string expected)
    {
        var files = Directory.GetFiles(SharedFiles.PathOf(folder)).Order(StringComparer.Ordinal);
        var ids = new string[files.Count()];
        Parallel.ForEach(files.Index(), entry => ids[entry.Index] = ImageFile.Read(entry.Item).Image.ContentId);

        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(ids.Select(id => id + '\n'))))).ShouldBe(expected);
    }
}
