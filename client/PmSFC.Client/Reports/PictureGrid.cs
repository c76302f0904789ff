using System.Collections.Immutable;
using PmSFC.Client.Results;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Reports;

/// <summary>Targets and reconstructions: a column for each of the first images, a row of targets and one for each cell.</summary>
internal sealed record PictureGrid
{
    /// <summary>Most cells that get a row.</summary>
    public const int MaximumCells = 40;

    private const long MaximumBytes = 11 << 20;
    private const int Padding = 4;
    private static readonly Rgb Background = Rgb.White;

    /// <summary>The columns.</summary>
    public required ImmutableArray<Column> Columns { get; init; }

    /// <summary>The jobs behind the rows of reconstructions, by cell and image.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Reads as many columns as the options and the size of the report allow, one at least.</summary>
    public static async Task<PictureGrid> ReadAsync(
        IArtifactStore store,
        SweepTable table,
        int maximumImages,
        CancellationToken cancellationToken
    )
    {
        ImmutableArray<string> labels = [.. table.Plan.Cells.Take(MaximumCells).Select(cell => cell.Label)];
        var jobs = table
            .Jobs.DistinctBy(job => (job.Job.Cell.Label, job.Job.Image.Id))
            .ToDictionary(job => (job.Job.Cell.Label, job.Job.Image.Id));
        var columns = ImmutableArray.CreateBuilder<Column>();
        var bytes = 0L;
        foreach (var image in table.Plan.Images.Take(maximumImages))
        {
            var target = await ReadAsync(
                store,
                ArtifactNames.Image(image.Id),
                content => StoredImage.IsSound(content.Span, image.Id),
                cancellationToken
            );
            var tiles = ImmutableArray.CreateBuilder<Tile>();
            foreach (var label in labels)
            {
                var job = jobs[(label, image.Id)];
                tiles.Add(
                    new Tile(
                        job,
                        job.Result is not { } result
                            ? null
                            : await ReadAsync(
                                store,
                                ArtifactNames.JobReconstruction(job.Id),
                                content => Sha256Text.Of(content.Span) == result.ReconstructionSha256,
                                cancellationToken
                            )
                    )
                );
            }

            var column = new Column(image.Name, image.Id, target, tiles.ToImmutable());
            bytes += column.Bytes;
            if (bytes > MaximumBytes && columns.Count > 0)
                break;
            columns.Add(column);
        }

        return new PictureGrid { Columns = columns.ToImmutable(), Labels = labels };
    }

    /// <summary>All of it as one picture, or null where no image could be read. What is missing stays gray.</summary>
    public RgbImage? Compose()
    {
        var known = Columns
            .SelectMany(column => column.Tiles.Select(tile => tile.Image).Prepend(column.Target))
            .FirstOrDefault(image => image is not null);
        if (known is null)
            return null;
        int width = known.Pixels.Width,
            height = known.Pixels.Height;
        var empty = new byte[3 * width * height];
        Array.Fill(empty, (byte)208);
        var gray = new RgbImage(width, height, empty);
        var rows = Enumerable.Range(0, Labels.Length).Select(row => Columns.Select(column => column.Tiles[row].Image));
        return ImageGrid.Compose(
            [.. rows.Prepend(Columns.Select(column => column.Target)).SelectMany(row => row).Select(Fitting)],
            Columns.Length,
            Padding,
            Background
        );

        RgbImage Fitting(ShownImage? image) =>
            image?.Pixels is { } pixels && pixels.Width == width && pixels.Height == height ? pixels : gray;
    }

    /// <summary>The image, or null where it is missing or not what it should be.</summary>
    private static async Task<ShownImage?> ReadAsync(
        IArtifactStore store,
        string name,
        Func<ReadOnlyMemory<byte>, bool> isSound,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await store.ReadAsync(name, cancellationToken) is { } artifact && isSound(artifact.Content)
                ? ShownImage.FromPng(artifact.Content, name)
                : null;
        }
        catch (ImageException)
        {
            return null;
        }
    }

    /// <summary>A target and its reconstructions, one for each label.</summary>
    internal sealed record Column(string Name, string Id, ShownImage? Target, ImmutableArray<Tile> Tiles)
    {
        /// <summary>Size of all its images.</summary>
        public long Bytes => (Target?.Content.Length ?? 0) + Tiles.Sum(tile => (long)(tile.Image?.Content.Length ?? 0));
    }

    /// <summary>A job and its reconstruction, or null where there is none.</summary>
    internal sealed record Tile(TableJob Job, ShownImage? Image);
}
