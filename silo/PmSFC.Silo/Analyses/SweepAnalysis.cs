using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Analyses;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Analyses;

/// <summary>
/// Draws analyses of a sweep's stored inversions. Images are those of the generator alone: what a task puts back into
/// a reconstruction is not added.
/// </summary>
/// <param name="store">Where the inversions are.</param>
/// <param name="engine">What inversions are made of.</param>
/// <param name="analysis">What is drawn of each pair.</param>
/// <param name="device">What computes it.</param>
public sealed class SweepAnalysis(IArtifactStore store, EngineCatalog engine, IPairAnalysis analysis, DeviceOptions device)
{
    private const int Padding = 4;
    private const int ShortestPrefix = 4;
    private const int NamesShown = 5;

    /// <summary>Finds what is to be analysed.</summary>
    /// <param name="plan">The sweep.</param>
    /// <param name="imageA">The first image: its name, or the beginning of its id (4 characters or more).</param>
    /// <param name="imageB">The second.</param>
    /// <param name="cell">The label of the only cell to analyse; null for every cell whose method fits.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">
    /// There is no such image or cell, both images are one, no method fits, or an inversion has no result.
    /// </exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<PairSelection> SelectAsync(
        SweepPlan plan,
        string imageA,
        string imageB,
        string? cell,
        CancellationToken cancellationToken = default
    )
    {
        var (a, b) = (Find(plan, imageA), Find(plan, imageB));
        if (a.Id == b.Id)
            throw new BadInputException($"'{imageA}' and '{imageB}' are one image; name two different ones.");
        var cells = Choose(plan, cell);
        foreach (var (chosen, image) in cells.SelectMany(chosen => new[] { (chosen, a), (chosen, b) }))
        {
            var result = await StoredResult.ReadAsync(store, JobOf(plan, chosen, image).Id, cancellationToken);
            if (result is { Fault: { } fault })
                throw new BadInputException($"{fault.Sentence}; mend it with 'sweep resume {plan.Id}'.");
            if (result is not null)
                continue;
            throw new BadInputException(
                $"'{chosen.Label}' has no result for '{image.Name}'; finish the sweep first ('sweep resume {plan.Id}'), "
                    + "or name a finished row with --cell."
            );
        }

        return new PairSelection(plan, a, b, cells);
    }

    /// <summary>Draws a picture for each cell of a selection.</summary>
    /// <returns>The cells with their pictures, in the selection's order.</returns>
    /// <exception cref="BadInputException">Something that a result needs is missing from the store, or damaged.</exception>
    /// <exception cref="CheckpointException">Stored weights or codes are damaged.</exception>
    /// <exception cref="ImageException">A stored target is damaged.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<(SweepCell Cell, RgbImage Picture)>> DrawAsync(
        PairSelection selection,
        CancellationToken cancellationToken = default
    )
    {
        var generatorId = selection.Plan.GeneratorId;
        var weights = await GeneratorSource.ReadWeightsAsync(engine, generatorId, store, cancellationToken);
        using var generator = weights.Load(Device.Open(device));
        var (targetA, targetB) = (
            await ReadTargetAsync(selection.A, cancellationToken),
            await ReadTargetAsync(selection.B, cancellationToken)
        );
        var pictures = ImmutableArray.CreateBuilder<(SweepCell, RgbImage)>();
        foreach (var cell in selection.Cells)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var method = (IFeatureComposingMethod)engine.FindMethod(cell.Method)!;
            var settings = ResolvedSettings.FromCanonical(cell.Settings);
            var partition = cell.Subspaces is { } subspaces
                ? (await SubspaceSource.ReadAsync(subspaces.Id, store, cancellationToken)).Partition
                : null;
            var codes = new List<(string Name, ReadOnlyMemory<byte> Content)>();
            foreach (var image in new[] { selection.A, selection.B })
            {
                codes.Add(await ReadCodesAsync(JobOf(selection.Plan, cell, image).Id, selection.Plan, cancellationToken));
            }

            using var scope = torch.NewDisposeScope();
            var a = Compose(codes[0].Content, codes[0].Name);
            var b = Compose(codes[1].Content, codes[1].Name);
            var rows = analysis.Draw(new InvertedPair(generator, SplitSetting.Bind(settings), partition, targetA, targetB, a, b));
            pictures.Add((cell, ImageGrid.Compose([.. rows.SelectMany(row => row)], rows[0].Count, Padding, Rgb.White)));

            SplitFeatures Compose(ReadOnlyMemory<byte> content, string name) =>
                ComposedFeatures.Compose(generator, method, settings, partition, content, name);
        }

        return pictures.ToImmutable();
    }

    private static ImageReference Find(SweepPlan plan, string reference)
    {
        var named = plan.Images.Where(image => image.Name == reference).ToList();
        var found =
            named.Count > 0 || reference.Length < ShortestPrefix
                ? named
                : [.. plan.Images.Where(image => image.Id.StartsWith(reference, StringComparison.OrdinalIgnoreCase))];
        return found switch
        {
            [var only] => only,
            [] => throw new BadInputException(
                $"The sweep has no image '{reference}'; its {plan.Images.Length} images are {Listed([.. plan.Images.Select(image => image.Name)])}."
            ),
            _ => throw new BadInputException(
                $"'{reference}' means several images of the sweep; write one of the ids {Listed([.. found.Select(image => image.Id)])}."
            ),
        };
    }

    private static string Listed(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamesShown)) + (names.Count > NamesShown ? ", …" : "");

    private static JobSpec JobOf(SweepPlan plan, SweepCell cell, ImageReference image) =>
        plan.Jobs().First(job => job.Cell == cell && job.Image.Id == image.Id).Spec;

    private ImmutableArray<SweepCell> Choose(SweepPlan plan, string? label)
    {
        if (label is null)
        {
            ImmutableArray<SweepCell> fitting = [.. plan.Cells.Where(Fits)];
            if (fitting.Length > 0)
                return fitting;
            var methods = string.Join(", ", plan.Cells.Select(cell => cell.Method).Distinct());
            throw new BadInputException($"No method of the sweep {analysis.Needs} ({methods}); {Fitting()}.");
        }

        var cell = plan.Cells.FirstOrDefault(cell => cell.Label == label)
            ?? throw new BadInputException(
                $"The sweep has no row '{label}'; its rows are {string.Join(", ", plan.Cells.Select(cell => cell.Label))}."
            );
        if (Fits(cell))
            return [cell];
        throw new BadInputException($"The method '{cell.Method}' of the row '{label}' is none that {analysis.Needs}; {Fitting()}.");
    }

    private bool Fits(SweepCell cell) => engine.FindMethod(cell.Method) is IFeatureComposingMethod method && analysis.Fits(method);

    private string Fitting()
    {
        var fitting = engine.Methods.OfType<IFeatureComposingMethod>().Where(analysis.Fits);
        return $"'{analysis.Name}' needs {string.Join(" or ", fitting.Select(method => method.Name))}";
    }

    private async Task<RgbImage> ReadTargetAsync(ImageReference image, CancellationToken cancellationToken)
    {
        var name = ArtifactNames.Image(image.Id);
        var content = await store.ReadAsync(name, cancellationToken)
            ?? throw new BadInputException($"The store has no {name}, which a result needs; {StoredImage.Advice}.");
        return StoredImage.Decode(content.Content.Span, image.Id, name);
    }

    private async Task<(string Name, ReadOnlyMemory<byte> Content)> ReadCodesAsync(
        string jobId,
        SweepPlan plan,
        CancellationToken cancellationToken
    )
    {
        var name = ArtifactNames.JobCodes(jobId);
        var mend = $"mend it with 'sweep resume {plan.Id}'.";
        var content = (await store.ReadAsync(name, cancellationToken))?.Content
            ?? throw new BadInputException($"The store has no {name}, which a result needs; {mend}");
        var result = await StoredResult.ReadAsync(store, jobId, cancellationToken);
        return result?.Seal.Proves("codes.safetensors", content.Span) == false
            ? throw new BadInputException($"{ArtifactFault.Changed(name).Sentence}; {mend}")
            : (name, content);
    }
}
