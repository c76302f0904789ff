using System.Globalization;

namespace PmSFC.Client.Results;

/// <summary>Sentences below a table about results of searches that diverged once: they were not made with the step size that their row names.</summary>
internal static class DivergenceNotes
{
    private const int ShownNames = 5;

    public static IEnumerable<string> Of(SweepTable table) =>
        from cell in table.Plan.Cells
        let results = table.Jobs.Where(job => job.Job.Cell.Label == cell.Label && job.Result is not null).ToList()
        let gentler = results.Where(job => job.Result!.Divergence is not null).ToList()
        where gentler.Count > 0
        let names = string.Join(", ", gentler.Take(ShownNames).Select(job => job.Job.Image.Name))
            + (gentler.Count > ShownNames ? ", …" : "")
        select string.Create(
            CultureInfo.InvariantCulture,
            $"{cell.Label}: {gentler.Count} of {results.Count} results diverged and went on from their last good checkpoint with half the step size ({names})."
        );
}
