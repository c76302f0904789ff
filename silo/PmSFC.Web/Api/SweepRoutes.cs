using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Web.Access;
using PmSFC.Wording;

namespace PmSFC.Web.Api;

/// <summary>Sweeps: to look at, and to steer. A sweep is named by the beginning of its id, 4 characters or more, or by <c>latest</c>.</summary>
internal static class SweepRoutes
{
    private const int MostJobs = 500;

    // Bounds the calls of grains that one request makes where few jobs fit the filter.
    private const int MostJobsLookedAt = 2_000;

    private static readonly Dictionary<string, JobState> s_states =
        Enum.GetValues<JobState>().ToDictionary(state => JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), StringComparer.OrdinalIgnoreCase);

    /// <summary>Maps them.</summary>
    /// <param name="looks">For what changes nothing.</param>
    /// <param name="changes">For what does.</param>
    public static void Map(RouteGroupBuilder looks, RouteGroupBuilder changes)
    {
        looks.MapGet("/sweeps", ListAsync).WithSummary("The sweeps of the store, the one that was started or resumed last first").For(AccessRole.Viewer);
        looks.MapGet("/sweeps/{sweep}", ShowAsync).WithSummary("Where a sweep stands").For(AccessRole.Viewer);
        looks.MapGet("/sweeps/{sweep}/jobs", JobsAsync).WithSummary("Its jobs, by pages").For(AccessRole.Viewer);
        looks.MapGet("/sweeps/{sweep}/events", EventsAsync).WithSummary("What changes, as server-sent events, to the sweep's end").For(AccessRole.Viewer).DisableRequestTimeout();

        changes.MapPost("/sweeps/{sweep}/cancel", CancelAsync).WithSummary("Stop it; results are kept").For(AccessRole.Operator);
        changes.MapPost("/sweeps/{sweep}/pause", PauseAsync).WithSummary("Let it stand still, at checkpoints, until it is resumed").For(AccessRole.Operator);
        changes.MapPost("/sweeps/{sweep}/resume", ResumeAsync).WithSummary("Go on with it: what is stored is not done again, what failed or was cancelled is tried anew").For(AccessRole.Operator);
        changes.MapPut("/sweeps/{sweep}/priority", SetPriorityAsync).WithSummary("Give it another priority; higher runs first").For(AccessRole.Operator);
    }

    private static async Task<Ok<SweepList>> ListAsync(SweepClient sweeps, CancellationToken cancellation) =>
        TypedResults.Ok(new SweepList(await sweeps.ListAsync(cancellation)));

    private static async Task<Ok<SweepAnswer>> ShowAsync(string sweep, SweepClient sweeps, CancellationToken cancellation)
    {
        var plan = await sweeps.FindPlanAsync(sweep, cancellation);
        return TypedResults.Ok(new SweepAnswer(plan.Id, plan.Name, await sweeps.StatusAsync(plan.Id, cancellation)));
    }

    /// <param name="sweep">The sweep.</param>
    /// <param name="state">Only jobs in this state.</param>
    /// <param name="cell">Only jobs of the row with this label.</param>
    /// <param name="image">Only jobs of images whose name has this text in it.</param>
    /// <param name="after">Where the page before ended: its <c>next</c>.</param>
    /// <param name="limit">At most so many, 1 to 500; 100 by default.</param>
    /// <param name="sweeps">The cluster.</param>
    /// <param name="cancellation">The caller went away.</param>
    private static async Task<Results<Ok<JobPage>, ProblemHttpResult>> JobsAsync(
        string sweep, SweepClient sweeps, CancellationToken cancellation, string? state = null, string? cell = null, string? image = null, int after = 0, int limit = 100)
    {
        if (limit is < 1 or > MostJobs) return Problems.Of(StatusCodes.Status400BadRequest, $"limit is {limit}; ask for 1 to {MostJobs} jobs.");
        if (after < 0) return Problems.Of(StatusCodes.Status400BadRequest, $"after is {after}; take it from the 'next' of the page before.");
        if (StateOf(state) is not { } states) return Problems.Of(StatusCodes.Status400BadRequest, $"'{ShownText.Line(state!)}' is no state of a job; write one of {string.Join(", ", s_states.Keys)}.");
        var plan = await sweeps.FindPlanAsync(sweep, cancellation);
        if (cell is not null && plan.Cells.All(row => row.Label != cell)) return Problems.Of(StatusCodes.Status404NotFound, $"The sweep has no row '{ShownText.Line(cell)}'; its rows are {string.Join(", ", plan.Cells.Select(row => row.Label))}.");

        var jobs = plan.Jobs().Select((job, index) => (job, index)).Skip(after)
            .Where(at => (cell is null || at.job.Cell.Label == cell) && (image is null || at.job.Image.Name.Contains(image, StringComparison.OrdinalIgnoreCase))).ToArray();
        var (rows, next, looked) = (new List<JobRow>(), after, 0);
        foreach (var chunk in jobs.Chunk(limit))
        {
            var statuses = await sweeps.JobStatusesAsync(chunk.Select(at => at.job.Spec.Id).Distinct(), cancellation);
            foreach (var (job, index) in chunk)
            {
                if (rows.Count == limit) return TypedResults.Ok(new JobPage(rows, index));
                next = index + 1;
                if (states.Contains(statuses[job.Spec.Id].State)) rows.Add(new JobRow(job.Cell.Label, job.Image.Name, statuses[job.Spec.Id]));
            }

            looked += chunk.Length;
            if (looked >= MostJobsLookedAt || rows.Count == limit) return TypedResults.Ok(new JobPage(rows, jobs[^1].index >= next ? next : null));
        }

        return TypedResults.Ok(new JobPage(rows, null));
    }

    /// <param name="sweep">The sweep.</param>
    /// <param name="lifetime">Of the web server.</param>
    /// <param name="lastSeen">The number of the last event that the caller has seen; those after it follow.</param>
    /// <param name="after">The same for a caller that cannot set headers at its first request, as browsers cannot: a sweep's <c>sequence</c> for what happens from then on.</param>
    /// <param name="sweeps">The cluster.</param>
    /// <param name="cancellation">The caller went away.</param>
    private static async Task<ServerSentEventsResult<ChangeAnswer>> EventsAsync(
        string sweep, SweepClient sweeps, IHostApplicationLifetime lifetime, CancellationToken cancellation, [FromHeader(Name = "Last-Event-ID")] long? lastSeen = null, long after = 0)
    {
        var plan = await sweeps.FindPlanAsync(sweep, cancellation);
        if (await sweeps.StatusAsync(plan.Id, cancellation) is null) throw new BadInputException($"Sweep {plan.Id} was never started in this cluster, so nothing happens in it; resume it first.");
        return TypedResults.ServerSentEvents(ChangesAsync(plan, sweeps, lastSeen ?? after, lifetime.ApplicationStopping, cancellation));
    }

    private static async IAsyncEnumerable<SseItem<ChangeAnswer>> ChangesAsync(
        SweepPlan plan, SweepClient sweeps, long after, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var jobs = plan.Jobs().ToLookup(job => job.Spec.Id);
        // A silo that stops does not wait for those who watch: they ask another one, from the last event that they have seen.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        await using var changes = sweeps.WatchAsync(plan.Id, after, either.Token).GetAsyncEnumerator(either.Token);
        while (await IsMoreAsync(changes))
        {
            var change = changes.Current;
            // A job that several rows share is told once for each.
            var rows = change.Job is { } job ? jobs[job.Id].Select(planned => (JobRow?)new JobRow(planned.Cell.Label, planned.Image.Name, job)) : [null];
            foreach (var row in rows)
                yield return new SseItem<ChangeAnswer>(new ChangeAnswer(change.At, row, change.Preparation, change.Reason, change.Finished))
                {
                    EventId = change.Sequence.ToString(CultureInfo.InvariantCulture),
                };
        }
    }

    private static async ValueTask<bool> IsMoreAsync(IAsyncEnumerator<SweepEvent> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static IReadOnlySet<JobState>? StateOf(string? name) =>
        name is null ? s_states.Values.ToHashSet() : s_states.TryGetValue(name, out var state) ? new HashSet<JobState> { state } : null;

    private static async Task<Ok<SweepAnswer>> CancelAsync(string sweep, SweepClient sweeps, CancellationToken cancellation) =>
        await ChangedAsync(sweep, sweeps, plan => sweeps.CancelAsync(plan.Id, cancellation), cancellation);

    private static async Task<Ok<SweepAnswer>> PauseAsync(string sweep, SweepClient sweeps, CancellationToken cancellation) =>
        await ChangedAsync(sweep, sweeps, plan => sweeps.PauseAsync(plan.Id, cancellation), cancellation);

    /// <summary>What is stored is not done again, what failed or was cancelled is tried anew.</summary>
    private static async Task<Ok<SweepAnswer>> ResumeAsync(string sweep, SweepClient sweeps, CancellationToken cancellation) =>
        await ChangedAsync(sweep, sweeps, async plan =>
        {
            using var run = await sweeps.StartAsync(plan, cancellation);
            return run.Status;
        }, cancellation);

    private static async Task<Ok<SweepAnswer>> SetPriorityAsync(string sweep, PriorityChange change, SweepClient sweeps, CancellationToken cancellation) =>
        await ChangedAsync(sweep, sweeps, plan => sweeps.SetPriorityAsync(plan.Id, change.Priority, cancellation), cancellation);

    private static async Task<Ok<SweepAnswer>> ChangedAsync(string sweep, SweepClient sweeps, Func<SweepPlan, Task<SweepStatus>> change, CancellationToken cancellation)
    {
        var plan = await sweeps.FindPlanAsync(sweep, cancellation);
        return TypedResults.Ok(new SweepAnswer(plan.Id, plan.Name, await change(plan)));
    }
}
