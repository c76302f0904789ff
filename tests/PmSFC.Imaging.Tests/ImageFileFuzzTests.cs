namespace PmSFC.Imaging.Tests;

public sealed class ImageFileFuzzTests
{
    private const int Mutations = 2_000;

    [Theory]
    [InlineData("png-colour.png")]
    [InlineData("png-palette.png")]
    [InlineData("jpeg-colour.jpg")]
    [InlineData("jpeg-progressive.jpg")]
    [InlineData("webp-lossy.webp")]
    [InlineData("webp-alpha.webp")]
    [InlineData("bmp-palette.bmp")]
    public void Decode_MutatedFile_GivesAnImageOrARefusal(string file)
    {
        var original = TestImages.Content(file);
        var random = new Random(20_04_08);
        for (var i = 0; i < Mutations; i++)
        {
            var content = Mutate(original, random);
            if (random.Next(2) == 0) PngBuilder.RepairChecksums(content);
            try
            {
                var image = ImageFile.Decode(content, file).Image;
                image.Pixels.Length.ShouldBe(3 * image.Width * image.Height);
            }
            catch (ImageException refusal)
            {
                refusal.Message.ShouldStartWith(file);
            }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var content = random.Next(4) == 0 ? original[..random.Next(original.Length)] : (byte[])original.Clone();
        for (var changes = random.Next(1, 6); changes > 0 && content.Length > 0; changes--)
        {
            var at = random.Next(content.Length);
            switch (random.Next(4))
            {
                case 0: content[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: content[at] = (byte)random.Next(256); break;
                case 2: content[at] = 0xff; break;
                default: content = [.. content[..at], .. content[Math.Min(content.Length, at + random.Next(8))..]]; break;
            }
        }

        return content;
    }
}
