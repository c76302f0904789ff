using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Storage;
using PmSFC.Web.Access;
using PmSFC.Web.Following;
using PmSFC.Wording;

namespace PmSFC.Web.Api;

/// <summary>One job of a sweep: where it is, its pictures and its loss curve.</summary>
internal static class JobRoutes
{
    private const string Job = "/sweeps/{sweep}/jobs/{job}";
    private const string Png = "image/png";

    /// <summary>Maps them.</summary>
    /// <param name="looks">For what changes nothing.</param>
    public static void Map(RouteGroupBuilder looks)
    {
        looks.MapGet(Job, ShowAsync).WithSummary("One job").For(AccessRole.Viewer);
        looks.MapGet($"{Job}/losses", LossesAsync).WithSummary("Its loss curve").For(AccessRole.Viewer);
        Picture("target", "The image that it inverts", TargetAsync);
        Picture("reconstruction", "What it has come to, once it is done", ReconstructionAsync);
        Picture("preview", "What it has come to so far, small, while it runs", PreviewAsync);

        void Picture(string name, string summary, Delegate handler) =>
            looks
                .MapGet($"{Job}/{name}.png", handler)
                .WithSummary(summary)
                .Produces<FileContentHttpResult>(StatusCodes.Status200OK, Png)
                .Produces(StatusCodes.Status304NotModified)
                .For(AccessRole.Viewer);
    }

    private static async Task<Ok<JobRow>> ShowAsync(
        string sweep,
        string job,
        PlanCache plans,
        SweepFollowers followers,
        SweepClient sweeps,
        CancellationToken cancellation
    )
    {
        var (cell, image) = await FindAsync(sweep, job, plans, cancellation);
        // As for pages of jobs: a job that its sweep has not handed over yet is one that nobody wants where it is asked itself.
        var follower = (await followers.FollowAsync(await plans.FindAsync(sweep, cancellation), cancellation))?.Follower;
        var statuses = follower?.StatesOf([job]) ?? await sweeps.JobStatusesAsync([job], cancellation);
        return TypedResults.Ok(new JobRow(cell.Label, image.Name, statuses[job]));
    }

    private static async Task<FileContentHttpResult> TargetAsync(
        string sweep,
        string job,
        HttpContext context,
        PlanCache plans,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        var (_, image) = await FindAsync(sweep, job, plans, cancellation);
        var target = await store.ReadAsync(ArtifactNames.Image(image.Id), cancellation)
            ?? throw new BadInputException(
                $"The target of job {job} is not in the store; run the sweep again from its file, which stores it again."
            );
        return Picture(context, target.Content);
    }

    private static async Task<FileContentHttpResult> ReconstructionAsync(
        string sweep,
        string job,
        HttpContext context,
        PlanCache plans,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        await FindAsync(sweep, job, plans, cancellation);
        var stored = await StoredResult.ReadAsync(store, job, cancellation)
            ?? throw new BadInputException($"Job {job} has no reconstruction yet; while it runs, it may have a preview.");
        return stored is { Fault: null, Picture: { } picture }
            ? Picture(context, picture)
            : throw new BadInputException($"{stored.Fault?.Sentence}; resume the sweep, which makes it again.");
    }

    private static async Task<FileContentHttpResult> PreviewAsync(
        string sweep,
        string job,
        HttpContext context,
        PlanCache plans,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        await FindAsync(sweep, job, plans, cancellation);
        var preview = await store.ReadAsync(ArtifactNames.PreviewPicture(job), cancellation)
            ?? throw new BadInputException(
                $"Job {job} has no preview; it has one from a few seconds after it begins until its reconstruction is stored."
            );
        return Picture(context, preview.Content);
    }

    private static async Task<Ok<LossCurve>> LossesAsync(
        string sweep,
        string job,
        PlanCache plans,
        IArtifactStore store,
        CancellationToken cancellation
    )
    {
        await FindAsync(sweep, job, plans, cancellation);
        if (await StoredResult.ReadAsync(store, job, cancellation) is { Result: { } result })
            return TypedResults.Ok(new LossCurve(result.Iterations, result.Iterations, result.Losses));
        return await ReadPreviewAsync(store, job, cancellation) is { } preview
            ? TypedResults.Ok(new LossCurve(preview.Iteration, preview.Iterations, preview.Losses))
            : throw new BadInputException(
                $"No losses are known of job {job} yet; they come with its first preview, a few seconds after it begins."
            );
    }

    /// <returns>Null where none is stored, or none that can be read: the next one takes its place.</returns>
    private static async Task<JobPreview?> ReadPreviewAsync(IArtifactStore store, string job, CancellationToken cancellation)
    {
        var name = ArtifactNames.Preview(job);
        try
        {
            return await store.ReadAsync(name, cancellation) is { } artifact
                ? ArtifactFormat.Read<JobPreview>(artifact.Content.Span, name)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="BadInputException">There is no such sweep, or the job is not one of its own.</exception>
    private static async Task<(SweepCell Cell, ImageReference Image)> FindAsync(
        string sweep,
        string job,
        PlanCache plans,
        CancellationToken cancellation
    )
    {
        var planned = await plans.FindAsync(sweep, cancellation);
        return planned.PlacesOf(job) is [var place, ..]
            ? (planned.CellAt(place), planned.ImageAt(place))
            : throw new BadInputException($"Sweep {planned.Id} has no job '{ShownText.Line(job)}'.");
    }

    /// <summary>A picture that a browser may keep, and asks about before it shows it again.</summary>
    private static FileContentHttpResult Picture(HttpContext context, ReadOnlyMemory<byte> png)
    {
        context.Response.Headers.CacheControl = "private, no-cache";
        return TypedResults.Bytes(png, Png, entityTag: new EntityTagHeaderValue($"\"{Sha256Text.Of(png.Span)}\""));
    }
}
