namespace PmSFC.Silo.Workloads;

/// <summary>
/// Jobs at one iteration that run in one graph. Libraries choose a kernel by the number of images, and another kernel rounds otherwise, which
/// hundreds of steps of Adam make visible; among the same number, an image's result does not depend on which the others are. So jobs that go on keep
/// the width at which they began, and images of the first job fill what the jobs leave free.
/// </summary>
/// <param name="Jobs">At least one, all without a checkpoint or all at checkpoints of one iteration, and with one step size.</param>
/// <param name="Width">Images in the graph, at least as many as jobs.</param>
internal sealed record InversionBatch(IReadOnlyList<InversionJob> Jobs, int Width)
{
    /// <summary>A single image has kernels of its own, so that whether a job is the last of its sweep would show in its result.</summary>
    private const int Narrowest = 2;

    /// <summary>Divides jobs into batches, those that have done least first.</summary>
    /// <param name="jobs">Any jobs whose settings agree.</param>
    /// <param name="bytesAvailable">Memory of the device, which limits the images that only fill.</param>
    public static IEnumerable<InversionBatch> Divide(IEnumerable<InversionJob> jobs, long bytesAvailable) =>
        jobs.GroupBy(job => (Iteration: job.Checkpoint?.Iteration ?? 0, Width: job.Checkpoint?.Width ?? 0, job.StepScale))
            .OrderBy(alike => alike.Key)
            .SelectMany(alike => alike.Chunk(alike.Key.Width > 0 ? alike.Key.Width : int.MaxValue))
            .Select(chunk => new InversionBatch(chunk, Fit(chunk, bytesAvailable)));

    /// <summary>The jobs of the batch that are still to be done.</summary>
    public InversionBatch With(IReadOnlyList<InversionJob> jobs) => this with { Jobs = jobs };

    /// <summary>Batches of half the width.</summary>
    public IEnumerable<InversionBatch> Halve()
    {
        var half = (Width + 1) / 2;
        return Jobs.Chunk(half).Select(jobs => new InversionBatch(jobs, half));
    }

    /// <summary>One value for each image of the graph.</summary>
    public IReadOnlyList<T> Fill<T>(Func<InversionJob, T> value)
    {
        T[] values = [.. Jobs.Select(value)];
        return [.. values, .. Enumerable.Repeat(values[0], Width - values.Length)];
    }

    private static int Fit(InversionJob[] jobs, long bytesAvailable)
    {
        var room = Math.Max(1, bytesAvailable / Math.Max(1, jobs[0].Work.Item.Request.BytesPerJob));
        var wanted = jobs[0].Checkpoint is { Width: > 0 } checkpoint ? checkpoint.Width : Narrowest;
        return Math.Max(jobs.Length, (int)Math.Min(wanted, room));
    }
}
