using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Web.Access;
using PmSFC.Web.Following;
using PmSFC.Wording;

namespace PmSFC.Web.Api;

/// <summary>Sweeps: to look at, and to steer. A sweep is named by the beginning of its id, 4 characters or more, or by <c>latest</c>.</summary>
internal static class SweepRoutes
{
    private const int MostJobs = 500;

    // Bounds the calls of grains that one request makes where few jobs fit the filter.
    private const int MostJobsLookedAt = 2_000;

    private static readonly Dictionary<string, JobState> States = Enum.GetValues<JobState>()
        .ToDictionary(state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps them.</summary>
    /// <param name="looks">For what changes nothing.</param>
    /// <param name="changes">For what does.</param>
    public static void Map(RouteGroupBuilder looks, RouteGroupBuilder changes)
    {
        looks
            .MapGet("/sweeps", ListAsync)
            .WithSummary("The sweeps of the store, the one that was started or resumed last first")
            .For(AccessRole.Viewer);
        looks.MapGet("/sweeps/{sweep}", ShowAsync).WithSummary("Where a sweep stands").For(AccessRole.Viewer);
        looks.MapGet("/sweeps/{sweep}/jobs", JobsAsync).WithSummary("Its jobs, by pages").For(AccessRole.Viewer);
        looks
            .MapGet("/sweeps/{sweep}/events", EventsAsync)
            .WithSummary("What changes, as server-sent events, to the sweep's end")
            .Produces<ChangeAnswer>(contentType: "text/event-stream")
            .For(AccessRole.Viewer)
            .DisableRequestTimeout();

        changes.MapPost("/sweeps/{sweep}/cancel", CancelAsync).WithSummary("Stop it; results are kept").For(AccessRole.Operator);
        changes
            .MapPost("/sweeps/{sweep}/pause", PauseAsync)
            .WithSummary("Pause it, at checkpoints, until it is resumed")
            .For(AccessRole.Operator);
        changes
            .MapPost("/sweeps/{sweep}/resume", ResumeAsync)
            .WithSummary("Go on with it: what is stored is not done again, what failed or was cancelled runs again")
            .For(AccessRole.Operator);
        changes
            .MapPut("/sweeps/{sweep}/priority", SetPriorityAsync)
            .WithSummary("Give it another priority; higher runs first")
            .For(AccessRole.Operator);
    }

    private static async Task<Ok<SweepList>> ListAsync(SweepClient sweeps, CancellationToken cancellation) =>
        TypedResults.Ok(new SweepList(await sweeps.ListAsync(cancellation)));

    private static async Task<Ok<SweepAnswer>> ShowAsync(
        string sweep,
        PlanCache plans,
        SweepFollowers followers,
        CancellationToken cancellation
    )
    {
        var found = await plans.FindAsync(sweep, cancellation);
        var followed = await followers.FollowAsync(found, cancellation);
        return TypedResults.Ok(new SweepAnswer(found.Id, found.Plan.Name, followed?.Status, followed?.Follower.Progress()));
    }

    /// <param name="sweep">The sweep.</param>
    /// <param name="state">Only jobs in this state.</param>
    /// <param name="cell">Only jobs of the row with this label.</param>
    /// <param name="image">Only jobs of images whose name has this text in it.</param>
    /// <param name="after">Where the page before ended: its <c>next</c>.</param>
    /// <param name="limit">At most so many, 1 to 500; 100 by default.</param>
    /// <param name="plans">Plans.</param>
    /// <param name="followers">What is known of the jobs of sweeps that were started.</param>
    /// <param name="sweeps">The cluster.</param>
    /// <param name="cancellation">The caller went away.</param>
    private static async Task<Results<Ok<JobPage>, ProblemHttpResult>> JobsAsync(
        string sweep,
        PlanCache plans,
        SweepFollowers followers,
        SweepClient sweeps,
        CancellationToken cancellation,
        string? state = null,
        string? cell = null,
        string? image = null,
        int after = 0,
        int limit = 100
    )
    {
        if (limit is < 1 or > MostJobs)
            return Problems.Of(StatusCodes.Status400BadRequest, $"limit is {limit}; ask for 1 to {MostJobs} jobs.");
        if (after < 0)
            return Problems.Of(StatusCodes.Status400BadRequest, $"after is {after}; take it from the 'next' of the page before.");
        if (StateOf(state) is not { } states)
            return Problems.Of(
                StatusCodes.Status400BadRequest,
                $"'{ShownText.Line(state!)}' is no state of a job; write one of {string.Join(", ", States.Keys)}."
            );
        var planned = await plans.FindAsync(sweep, cancellation);
        if (cell is not null && planned.Plan.Cells.All(row => row.Label != cell))
            return Problems.Of(
                StatusCodes.Status404NotFound,
                $"The sweep has no row '{ShownText.Line(cell)}'; its rows are {string.Join(", ", planned.Plan.Cells.Select(row => row.Label))}."
            );

        var fitting = Enumerable
            .Range(after, Math.Max(0, planned.JobIds.Length - after))
            .Where(place =>
                (cell is null || planned.CellAt(place).Label == cell)
                && (image is null || planned.ImageAt(place).Name.Contains(image, StringComparison.OrdinalIgnoreCase))
            );
        var follower = (await followers.FollowAsync(planned, cancellation))?.Follower;
        var (rows, looked) = (new List<JobRow>(), 0);
        foreach (var chunk in fitting.Chunk(limit))
        {
            if (rows.Count == limit || looked >= MostJobsLookedAt)
                return TypedResults.Ok(new JobPage(rows, chunk[0]));
            var ids = chunk.Select(place => planned.JobIds[place]).Distinct();
            var statuses = follower?.StatesOf(ids) ?? await sweeps.JobStatusesAsync(ids, cancellation);
            foreach (var place in chunk)
            {
                if (rows.Count == limit)
                    return TypedResults.Ok(new JobPage(rows, place));
                if (states.Contains(statuses[planned.JobIds[place]].State))
                    rows.Add(RowAt(planned, place, statuses[planned.JobIds[place]]));
            }

            looked += chunk.Length;
        }

        return TypedResults.Ok(new JobPage(rows, null));
    }

    private static JobRow RowAt(PlannedSweep planned, int place, JobStatus job) =>
        new(planned.CellAt(place).Label, planned.ImageAt(place).Name, job);

    /// <param name="sweep">The sweep.</param>
    /// <param name="plans">Plans.</param>
    /// <param name="followers">The sweeps that are watched.</param>
    /// <param name="cancellation">The caller went away.</param>
    /// <param name="lastSeen">The number of the last event that the caller has seen; those after it follow.</param>
    /// <param name="after">The same for a first request of a browser, which cannot set headers: a sweep's <c>sequence</c> for what happens from then on.</param>
    private static async Task<IResult> EventsAsync(
        string sweep,
        PlanCache plans,
        SweepFollowers followers,
        CancellationToken cancellation,
        [FromHeader(Name = "Last-Event-ID")] long? lastSeen = null,
        long after = 0
    )
    {
        var planned = await plans.FindAsync(sweep, cancellation);
        if (await followers.FollowAsync(planned, cancellation) is not { } followed)
            throw new BadInputException(
                $"Sweep {planned.Id} was never started in this cluster, so nothing happens in it; resume it first."
            );
        return new EventStream(followed.Follower, lastSeen ?? after);
    }

    private static IReadOnlySet<JobState>? StateOf(string? name) =>
        name is null ? States.Values.ToHashSet()
        : States.TryGetValue(name, out var state) ? new HashSet<JobState> { state }
        : null;

    private static async Task<Ok<SweepAnswer>> CancelAsync(
        string sweep,
        PlanCache plans,
        SweepClient sweeps,
        CancellationToken cancellation
    )
    {
        var found = await plans.FindAsync(sweep, cancellation);
        return Changed(found.Plan, await sweeps.CancelAsync(found.Id, cancellation));
    }

    private static async Task<Ok<SweepAnswer>> PauseAsync(string sweep, PlanCache plans, SweepClient sweeps, CancellationToken cancellation)
    {
        var found = await plans.FindAsync(sweep, cancellation);
        return Changed(found.Plan, await sweeps.PauseAsync(found.Id, cancellation));
    }

    /// <summary>What is stored is not done again, what failed or was cancelled runs again.</summary>
    private static async Task<Ok<SweepAnswer>> ResumeAsync(string sweep, SweepClient sweeps, CancellationToken cancellation)
    {
        // Not a plan that was read a while ago: what is started is stored as the latest word on its names.
        using var run = await sweeps.StartAsync(await sweeps.FindPlanAsync(sweep, cancellation), cancellation);
        return Changed(run.Plan, run.Status);
    }

    private static async Task<Ok<SweepAnswer>> SetPriorityAsync(
        string sweep,
        PriorityChange change,
        PlanCache plans,
        SweepClient sweeps,
        CancellationToken cancellation
    )
    {
        var found = await plans.FindAsync(sweep, cancellation);
        return Changed(found.Plan, await sweeps.SetPriorityAsync(found.Id, change.Priority, cancellation));
    }

    private static Ok<SweepAnswer> Changed(SweepPlan plan, SweepStatus status) =>
        TypedResults.Ok(new SweepAnswer(status.Id, plan.Name, status));
}
