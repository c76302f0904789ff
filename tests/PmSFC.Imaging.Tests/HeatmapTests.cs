namespace PmSFC.Imaging.Tests;

public sealed class HeatmapTests
{
    private static readonly Rgb Lowest = new(0x44, 0x01, 0x54),
        Highest = new(0xfd, 0xe7, 0x25);

    [Fact]
    public void Render_Matrix_PutsRowsDownAndColumnsAcross()
    {
        var picture = Heatmap.Render(
            new float[,]
            {
                { 0, 1, 0 },
                { 0, 0, 0 },
            },
            cellSize: 4
        );

        (picture.Width, picture.Height).ShouldBe((12, 8));
        picture[7, 3].ShouldBe(Highest);
        picture[8, 3].ShouldBe(Lowest);
        picture[7, 4].ShouldBe(Lowest);
    }

    [Fact]
    public void Render_RisingValues_GetLighter()
    {
        var ramp = new float[1, 256];
        for (var i = 0; i < 256; i++)
            ramp[0, i] = i;

        var picture = Heatmap.Render(ramp, 1);

        var lightness = Enumerable
            .Range(0, 256)
            .Select(x => .2126 * picture[x, 0].R + .7152 * picture[x, 0].G + .0722 * picture[x, 0].B)
            .ToArray();
        lightness.Zip(lightness.Skip(1), (a, b) => b - a).ShouldAllBe(step => step > -0.8);
        lightness.Chunk(16).Select(part => part.Average()).ShouldBeInOrder();
    }

    [Fact]
    public void Render_ValuesBeyondTheRange_TakeItsEnds()
    {
        var picture = Heatmap.Render(
            new[,]
            {
                { -5f, 0.5f, 7f, float.NegativeInfinity, float.PositiveInfinity },
            },
            1,
            low: 0,
            high: 1
        );

        new[] { picture[0, 0], picture[2, 0], picture[3, 0], picture[4, 0] }.ShouldBe([Lowest, Highest, Lowest, Highest]);
        picture[1, 0].ShouldBe(new Rgb(0x21, 0x90, 0x8c));
    }

    [Fact]
    public void Render_NotANumber_IsGray() =>
        Heatmap
            .Render(
                new[,]
                {
                    { float.NaN, 0f, 1f },
                },
                1
            )[0, 0]
            .ShouldBe(new Rgb(128, 128, 128));

    [Fact]
    public void Render_ConstantMatrix_HasTheLowestColour() =>
        Heatmap
            .Render(
                new[,]
                {
                    { 3f, 3f },
                },
                1
            )[1, 0]
            .ShouldBe(Lowest);

    [Fact]
    public void Render_EmptyMatrix_Throws() => Should.Throw<ArgumentException>(() => Heatmap.Render(new float[0, 3], 1));
}
