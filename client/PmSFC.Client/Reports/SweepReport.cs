using System.Collections.Immutable;
using System.Text;
using PmSFC.Abstractions.Failures;
using PmSFC.Client.Results;
using PmSFC.Client.Sweeps;
using PmSFC.Imaging;
using PmSFC.Storage;

namespace PmSFC.Client.Reports;

/// <summary>
/// Writes a sweep's report: <c>report.html</c> (one file, below about 20 MB, that needs no network), <c>table.md</c>, <c>table.csv</c>,
/// <c>table.json</c> and <c>grid.png</c>.
/// </summary>
/// <param name="store">Where images, reconstructions and subspace sets are.</param>
/// <param name="time">The clock.</param>
public sealed class SweepReport(IArtifactStore store, TimeProvider time)
{
    /// <summary>Most subspace sets that a report shows.</summary>
    private const int MaximumDiscoveries = 12;

    /// <summary>Most trained networks that a report shows.</summary>
    private const int MaximumNetworks = 12;

    /// <summary>Writes the report; files that are there already are replaced, each in one step.</summary>
    /// <param name="table">The results.</param>
    /// <param name="folder">Where to; made where missing.</param>
    /// <param name="options">What to show, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <exception cref="BadInputException">The folder cannot be written, or the reference is no cell's label.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ReportFiles> WriteAsync(
        SweepTable table,
        string folder,
        ReportOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var path = MakeFolder(folder);
        var documents = await RenderAsync(table, options, cancellationToken);
        foreach (var document in documents)
            await AtomicFile.WriteAsync(Path.Combine(path, document.Name), document.Content, cancellationToken);
        var grid = documents.Any(document => document.Name == ReportFiles.GridName) ? Path.Combine(path, ReportFiles.GridName) : null;
        return new ReportFiles(
            Path.Combine(path, ReportFiles.HtmlName),
            Path.Combine(path, ReportFiles.MarkdownName),
            Path.Combine(path, ReportFiles.CsvName),
            Path.Combine(path, ReportFiles.JsonName),
            grid
        );
    }

    /// <summary>Makes the report's files without writing them, the page last.</summary>
    /// <param name="table">The results.</param>
    /// <param name="options">What to show, or null for the defaults.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">The reference is no cell's label.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<ReportDocument>> RenderAsync(
        SweepTable table,
        ReportOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        options ??= new ReportOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumImages, 1, nameof(options));
        var content = new ReportContent
        {
            Table = table,
            Grid = await PictureGrid.ReadAsync(store, table, options.MaximumImages, cancellationToken),
            Discoveries = await ReadDiscoveriesAsync(table, cancellationToken),
            Networks = await ReadNetworksAsync(table, cancellationToken),
            Submissions = await ReadSubmissionsAsync(table.Plan.Id, cancellationToken),
            Options = options,
            WrittenAt = time.GetUtcNow(),
        };

        return
        [
            new(ReportFiles.MarkdownName, Encoding.UTF8.GetBytes(table.ToMarkdown(options.Reference, options.Quoted))),
            new(ReportFiles.CsvName, Encoding.UTF8.GetBytes(table.ToCsv(options.Reference, options.Quoted))),
            new(ReportFiles.JsonName, table.ToJson(options.Reference, options.Quoted)),
            .. content.Grid.Compose() is { } grid ? [new(ReportFiles.GridName, ImageFile.EncodePng(grid))] : Array.Empty<ReportDocument>(),
            new(ReportFiles.HtmlName, Encoding.UTF8.GetBytes(ReportPage.Write(content))),
        ];
    }

    private static string MakeFolder(string folder)
    {
        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The folder {folder} cannot be made ({e.Message.TrimEnd('.')}); name another one for the report.");
        }
    }

    private async Task<ImmutableArray<DiscoverySummary>> ReadDiscoveriesAsync(SweepTable table, CancellationToken cancellationToken)
    {
        var discoveries = ImmutableArray.CreateBuilder<DiscoverySummary>();
        foreach (
            var cells in table
                .Plan.Cells.Where(cell => cell.Subspaces is not null)
                .GroupBy(cell => cell.Subspaces!.Id)
                .Take(MaximumDiscoveries)
        )
            discoveries.Add(
                await DiscoverySummary.ReadAsync(store, cells.First().Subspaces!, [.. cells.Select(cell => cell.Label)], cancellationToken)
            );
        return discoveries.ToImmutable();
    }

    private async Task<ImmutableArray<NetworkSummary>> ReadNetworksAsync(SweepTable table, CancellationToken cancellationToken)
    {
        var networks = ImmutableArray.CreateBuilder<NetworkSummary>();
        foreach (
            var cells in table.Plan.Cells.Where(cell => cell.Network is not null).GroupBy(cell => cell.Network!.Id).Take(MaximumNetworks)
        )
            networks.Add(
                await NetworkSummary.ReadAsync(store, cells.First().Network!, [.. cells.Select(cell => cell.Label)], cancellationToken)
            );
        return networks.ToImmutable();
    }

    private async Task<ImmutableArray<DateTimeOffset>> ReadSubmissionsAsync(string sweepId, CancellationToken cancellationToken)
    {
        var submissions = ImmutableArray.CreateBuilder<DateTimeOffset>();
        await foreach (var name in store.ListAsync(SubmissionLog.PrefixOf(sweepId), cancellationToken))
            if (SubmissionLog.TryParse(name, out _, out var at))
                submissions.Add(at);
        return submissions.ToImmutable();
    }
}
