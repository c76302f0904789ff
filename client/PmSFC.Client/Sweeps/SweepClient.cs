using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Client.Clusters;
using PmSFC.Client.Specs;
using PmSFC.Storage;

namespace PmSFC.Client.Sweeps;

/// <summary>Plans, starts, watches, resumes and cancels sweeps.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="store">The artifact store that the cluster uses.</param>
/// <param name="time">The clock.</param>
public sealed class SweepClient(IGrainFactory grains, IArtifactStore store, TimeProvider time)
{
    /// <summary>What stands for the sweep that was started or resumed last.</summary>
    public const string Latest = "latest";

    private const int Concurrency = 16;
    private const int ShortestPrefix = 4;
    private const int MaximumIssuesShown = 10;

    private readonly ClusterCalls _calls = new(time);

    /// <summary>Makes a plan; nothing is stored or started.</summary>
    /// <param name="spec">The sweep; its images need not be stored yet.</param>
    /// <param name="source">The file that the spec comes from, so that issues tell their lines, or null.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="BadInputException">The spec has issues; the message has a line for each, up to 10.</exception>
    public async Task<SweepPlan> PlanAsync(SweepSpec spec, SweepFile? source = null, CancellationToken cancellationToken = default)
    {
        return PlanOf(await _calls.AskAsync(_ => grains.GetGrain<ISweepPlannerGrain>(0).Plan(spec), cancellationToken), source);
    }

    /// <summary>The plan that a planner came to.</summary>
    /// <param name="outcome">What the planner says.</param>
    /// <param name="source">The file that the spec comes from, so that issues tell their lines, or null.</param>
    /// <exception cref="BadInputException">The spec has issues; the message has a line for each, up to 10.</exception>
    public static SweepPlan PlanOf(PlanOutcome outcome, SweepFile? source = null)
    {
        if (outcome.Plan is { } plan)
            return plan;
        var issues = outcome.Issues.Select(issue => source?.Describe(issue) ?? $"{issue.Path}: {issue.Message}").Distinct().ToList();
        var lines = issues.Take(MaximumIssuesShown).ToList();
        if (issues.Count > lines.Count)
            lines.Add($"and {issues.Count - lines.Count} more.");
        throw new BadInputException(string.Join(Environment.NewLine, lines));
    }

    /// <summary>What a plan asks for, and what of it is stored already.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<SweepForecast> ForecastAsync(SweepPlan plan, CancellationToken cancellationToken = default)
    {
        var jobs = plan.Jobs().ToLookup(job => job.Cell.Label, job => job.Spec.Id);
        var sets = plan
            .Cells.Where(cell => cell.Subspaces is not null)
            .Select(cell => ArtifactNames.SubspaceSet(cell.Subspaces!.Id))
            .Distinct()
            .ToList();
        var networks = plan
            .Cells.Where(cell => cell.Network is { Weights: null })
            .Select(cell => ArtifactNames.NetworkCard(cell.Network!.Id))
            .Distinct()
            .ToList();
        var preparations = plan
            .Cells.SelectMany(cell => cell.Needs())
            .Where(need => need.Spec is PreparationSpec)
            .Select(need => ArtifactNames.PreparationCard(need.Spec.Id))
            .Distinct()
            .ToList();
        var (stored, damaged) = await StoredOfAsync(
            jobs.SelectMany(ids => ids).Distinct(),
            [.. sets, .. networks, .. preparations],
            cancellationToken
        );
        return new SweepForecast
        {
            Damaged = damaged,
            SubspaceSets = sets.Count,
            SubspaceSetsDone = sets.Count(stored.Contains),
            Networks = networks.Count,
            NetworksDone = networks.Count(stored.Contains),
            Preparations = preparations.Count,
            PreparationsDone = preparations.Count(stored.Contains),
            Cells =
            [
                .. from cell in plan.Cells
                let done = jobs[cell.Label].Count(stored.Contains)
                select new CellForecast
                {
                    Label = cell.Label,
                    Jobs = plan.Images.Length,
                    Done = done,
                    Iterations = cell.Iterations,
                    BytesPerJob = cell.BytesPerJob,
                    CodesBytes = cell.CodesBytes,
                    TrainingBytes =
                        cell.Network is { } network && !stored.Contains(ArtifactNames.NetworkCard(network.Id)) ? cell.NetworkBytes : 0,
                    DiscoveryBytes =
                        cell.Subspaces is { } set && !stored.Contains(ArtifactNames.SubspaceSet(set.Id)) ? cell.SubspacesBytes : 0,
                    PreparationBytes = cell.Needs()
                        .Where(need => need.Spec is PreparationSpec && !stored.Contains(ArtifactNames.PreparationCard(need.Spec.Id)))
                        .Select(need => need.Bytes)
                        .DefaultIfEmpty()
                        .Max(),
                    MultiplyAddsLeft = (plan.Images.Length - done) * cell.MultiplyAddsPerIteration * cell.Iterations,
                },
            ],
        };
    }

    /// <summary>
    /// Starts a sweep, or resumes it: what is stored is not done again, and the plan's names are those that are shown from then on. Its span <c>sweep</c> lasts until the run is disposed; job traces link
    /// to it.
    /// </summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<SweepRun> StartAsync(SweepPlan plan, CancellationToken cancellationToken = default)
    {
        var id = plan.Id;
        var activity = PmSFCTelemetry.Activities.StartActivity(PmSFCTelemetry.SweepSpan);
        activity
            ?.SetTag("pmsfc.sweep.id", id)
            .SetTag("pmsfc.sweep.name", plan.Name)
            .SetTag("pmsfc.sweep.cells", plan.Cells.Length)
            .SetTag("pmsfc.sweep.images", plan.Images.Length);
        try
        {
            await store.PutAsync(ArtifactNames.SweepPlan(id), ArtifactJson.Write(plan), cancellationToken);
            await store.WriteOnceAsync(SubmissionLog.NameFor(id, time.GetUtcNow()), "{}"u8.ToArray(), cancellationToken);
            var status = await _calls.AskAsync(
                cancellation => grains.GetGrain<ISweepGrain>(id).Start(plan, activity?.Id, cancellation),
                cancellationToken
            );
            return new SweepRun(this, plan, status, activity);
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            activity?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Events after <paramref name="afterSequence"/> until the sweep is finished. A dropped connection is taken up again from the last event
    /// seen; a sweep that was activated again counts from 1, and all of its events are given again.
    /// </summary>
    /// <exception cref="BadInputException">The cluster knows no such sweep.</exception>
    /// <exception cref="Exception">The cluster did not answer for 2 minutes; the exception is the last failure.</exception>
    public async IAsyncEnumerable<SweepEvent> WatchAsync(
        string sweepId,
        long afterSequence = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var grain = grains.GetGrain<ISweepGrain>(sweepId);
        var after = afterSequence;
        // No call that is repeated, but one watch after the other: each goes on after what the last one has told.
        var delay = ClusterCalls.FirstDelay;
        var lastHeard = time.GetTimestamp();
        while (true)
        {
            var events = grain.Watch(after, cancellationToken).GetAsyncEnumerator(cancellationToken);
            try
            {
                while (await PassesAsync(events.MoveNextAsync()))
                {
                    after = events.Current.Sequence;
                    delay = ClusterCalls.FirstDelay;
                    lastHeard = time.GetTimestamp();
                    yield return events.Current;
                    if (events.Current.Finished)
                        yield break;
                }
            }
            finally
            {
                await PassesAsync(DisposeAsync(events));
            }

            if (await CurrentAsync() is { } status)
            {
                lastHeard = time.GetTimestamp();
                if (status.Finished && status.Sequence <= after)
                    yield break;
                if (status.Sequence < after)
                    after = 0;
            }

            await Task.Delay(delay, time, cancellationToken);
            delay = delay * 2 < ClusterCalls.LongestDelay ? delay * 2 : ClusterCalls.LongestDelay;
        }

        static async ValueTask<bool> DisposeAsync(IAsyncDisposable events)
        {
            await events.DisposeAsync();
            return true;
        }

        static async Task<bool> PassesAsync(ValueTask<bool> call)
        {
            try
            {
                return await call;
            }
            catch (Exception e) when (IsPassing(e))
            {
                return false;
            }
        }

        async Task<SweepStatus?> CurrentAsync()
        {
            try
            {
                return await grain.GetStatus(cancellationToken).WaitAsync(cancellationToken)
                    ?? throw new BadInputException($"The cluster knows no sweep {sweepId}; start or resume it first.");
            }
            catch (Exception e) when (IsPassing(e) && time.GetElapsedTime(lastHeard) < ClusterCalls.Patience)
            {
                return null;
            }
        }
    }

    /// <summary>Where a sweep stands, or null where the cluster has not started it.</summary>
    public Task<SweepStatus?> StatusAsync(string sweepId, CancellationToken cancellationToken = default) =>
        _calls.AskAsync(cancellation => grains.GetGrain<ISweepGrain>(sweepId).GetStatus(cancellation), cancellationToken);

    /// <summary>Stops a sweep; its results are kept.</summary>
    public Task<SweepStatus> CancelAsync(string sweepId, CancellationToken cancellationToken = default) =>
        _calls.AskAsync(cancellation => grains.GetGrain<ISweepGrain>(sweepId).Cancel(cancellation), cancellationToken);

    /// <summary>Pauses a sweep until it is resumed; what runs stops at a checkpoint.</summary>
    public Task<SweepStatus> PauseAsync(string sweepId, CancellationToken cancellationToken = default) =>
        _calls.AskAsync(cancellation => grains.GetGrain<ISweepGrain>(sweepId).Pause(cancellation), cancellationToken);

    /// <summary>Gives a sweep another priority; higher runs first.</summary>
    public Task<SweepStatus> SetPriorityAsync(string sweepId, int priority, CancellationToken cancellationToken = default) =>
        _calls.AskAsync(cancellation => grains.GetGrain<ISweepGrain>(sweepId).SetPriority(priority, cancellation), cancellationToken);

    /// <summary>What the cluster knows of jobs by their ids: why those without a result have none.</summary>
    public async Task<ImmutableDictionary<string, JobStatus>> JobStatusesAsync(
        IEnumerable<string> jobIds,
        CancellationToken cancellationToken = default
    )
    {
        var statuses = new ConcurrentDictionary<string, JobStatus>();
        await Parallel.ForEachAsync(jobIds, Limited(cancellationToken), async (id, cancellation) =>
            statuses[id] = await _calls.AskAsync(asked => grains.GetGrain<IInversionJobGrain>(id).GetStatus(asked), cancellation)
        );
        return statuses.ToImmutableDictionary();
    }

    /// <summary>Every sweep whose plan is stored, the one that was started or resumed last first; one whose plan cannot be read says so.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<StoredSweep>> ListAsync(CancellationToken cancellationToken = default)
    {
        var sweeps = ImmutableArray.CreateBuilder<StoredSweep>();
        foreach (var (id, at) in await SubmissionsAsync(cancellationToken))
            sweeps.Add(await DescribeAsync(id, at, cancellationToken));
        return sweeps.ToImmutable();
    }

    /// <summary>The ids of all sweeps whose plans are stored, the one that was started or resumed last first; no plan is read.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<ImmutableArray<string>> ListIdsAsync(CancellationToken cancellationToken = default) =>
        [.. (await SubmissionsAsync(cancellationToken)).Select(sweep => sweep.Id)];

    /// <summary>A stored plan by the sweep's id, by the beginning of it (4 characters or more), or by <see cref="Latest"/>.</summary>
    /// <exception cref="BadInputException">No sweep is meant, or several are.</exception>
    /// <exception cref="StoreException">The store failed, or the plan is damaged.</exception>
    public async Task<SweepPlan> FindPlanAsync(string reference, CancellationToken cancellationToken = default) =>
        (await ReadOwnPlanAsync(await FindIdAsync(reference, cancellationToken), cancellationToken)).Plan;

    /// <summary>The whole id of a stored sweep by the beginning of it (4 characters or more), or by <see cref="Latest"/>.</summary>
    /// <exception cref="BadInputException">No sweep is meant, or several are.</exception>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<string> FindIdAsync(string reference, CancellationToken cancellationToken = default)
    {
        var sweeps = await SubmissionsAsync(cancellationToken);
        if (sweeps.Count == 0)
            throw new BadInputException($"There is no sweep in {store.Description}; start one with 'sweep run'.");
        if (reference == Latest)
            return sweeps[0].Id;
        if (reference.Length < ShortestPrefix)
            throw new BadInputException(
                $"'{reference}' is too short; write {ShortestPrefix} or more characters of the sweep's id, or '{Latest}'."
            );
        var found = sweeps.Where(sweep => sweep.Id.StartsWith(reference, StringComparison.OrdinalIgnoreCase)).ToList();
        return found switch
        {
            [var sweep] => sweep.Id,
            [] => throw new BadInputException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"There is no sweep '{reference}' among the {sweeps.Count} in {store.Description}; the latest is {sweeps[0].Id}."
                )
            ),
            _ => throw new BadInputException(
                $"'{reference}' is the beginning of several sweeps' ids ({string.Join(", ", found.Select(sweep => sweep.Id))}); write more of it."
            ),
        };
    }

    /// <summary>A stored plan by the sweep's whole id; the store's names are not listed.</summary>
    /// <param name="id">The whole id.</param>
    /// <param name="known">The plan as it was read before, which is returned where the stored one has not changed; or null.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="BadInputException">No sweep is meant.</exception>
    /// <exception cref="StoreException">The store failed, or the plan is damaged.</exception>
    public async Task<PlannedSweep> ReadAsync(string id, PlannedSweep? known = null, CancellationToken cancellationToken = default)
    {
        // Where there is none, the listing has the sentence that says so.
        if (!await store.ExistsAsync(ArtifactNames.SweepPlan(id), cancellationToken))
            await FindIdAsync(id, cancellationToken);
        return await ReadOwnPlanAsync(id, cancellationToken, known);
    }

    private static bool IsPassing(Exception e) =>
        e is TimeoutException or EnumerationAbortedException || (e is OrleansException && !IsOfTheStore(e));

    /// <summary>A store that refuses or misleads the cluster's grains does so however often they are asked.</summary>
    private static bool IsOfTheStore(Exception e) =>
        e switch
        {
            StoreException { Kind: not StoreFailure.Unavailable } => true,
            { InnerException: { } inner } => IsOfTheStore(inner),
            _ => false,
        };

    private static ParallelOptions Limited(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellationToken };

    private async Task<List<(string Id, DateTimeOffset? At)>> SubmissionsAsync(CancellationToken cancellationToken)
    {
        var latest = new Dictionary<string, DateTimeOffset>();
        var planned = new List<string>();
        await foreach (var name in store.ListAsync(ArtifactNames.Sweeps, cancellationToken))
            if (SubmissionLog.TryParse(name, out var submitted, out var at))
                latest[submitted] = latest.TryGetValue(submitted, out var other) && other > at ? other : at;
            else if (ArtifactNames.SweepOf(name) is { } id)
                planned.Add(id);
        return
        [
            .. planned
                .Select(id => (Id: id, At: latest.TryGetValue(id, out var at) ? at : (DateTimeOffset?)null))
                .OrderByDescending(sweep => sweep.At ?? DateTimeOffset.MinValue)
                .ThenBy(sweep => sweep.Id, StringComparer.Ordinal),
        ];
    }

    private async Task<StoredSweep> DescribeAsync(string id, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        try
        {
            return new StoredSweep(id, PlanIn(await ReadArtifactAsync(id, cancellationToken), id).Name, at);
        }
        catch (Exception e)
            when (e is BadInputException or StoreException { Kind: StoreFailure.Damaged or StoreFailure.Newer or StoreFailure.Refused })
        {
            return new StoredSweep(id, "", at) { Problem = e.Message };
        }
    }

    /// <summary>Reads a plan and proves that it is that of the sweep under whose id it lies.</summary>
    private async Task<PlannedSweep> ReadOwnPlanAsync(string id, CancellationToken cancellationToken, PlannedSweep? known = null)
    {
        var artifact = await ReadArtifactAsync(id, cancellationToken);
        if (known?.ETag == artifact.ETag)
            return known;
        var sweep = new PlannedSweep(PlanIn(artifact, id), artifact.ETag);
        return sweep.Id == id ? sweep : throw Damaged(id, $"it is that of sweep {sweep.Id}");
    }

    private async Task<Artifact> ReadArtifactAsync(string id, CancellationToken cancellationToken) =>
        await store.ReadAsync(ArtifactNames.SweepPlan(id), cancellationToken)
        ?? throw new BadInputException($"The plan of sweep {id} was removed from {store.Description}; run the sweep from its spec again.");

    private SweepPlan PlanIn(Artifact artifact, string id)
    {
        var name = ArtifactNames.SweepPlan(id);
        if (!ContentId.IsValid(id))
            throw new StoreException(
                StoreFailure.Damaged,
                $"{name} in {store.Description} belongs to no sweep, since '{id}' is no sweep's id; delete it, or move it out of the store."
            );
        try
        {
            var plan = ArtifactFormat.Read<SweepPlan>(artifact.Content.Span, name);
            return plan is { Images.IsDefaultOrEmpty: false, Cells.IsDefaultOrEmpty: false }
                ? plan
                : throw Damaged(id, "it implies no job");
        }
        catch (JsonException e)
        {
            throw Damaged(id, ArtifactFormat.Reason(artifact.Content.Span, e), e);
        }
    }

    private StoreException Damaged(string id, string reason, Exception? cause = null) =>
        new(
            StoreFailure.Damaged,
            $"{ArtifactNames.SweepPlan(id)} in {store.Description} is not that sweep's plan ({reason}); run the sweep from its spec again, "
                + "which writes the plan again, or delete it to remove the sweep. Its results stay where they are.",
            cause
        );

    /// <summary>Which jobs have a sound result and which preparations a seal that fits, and how many results are damaged.</summary>
    private async Task<(HashSet<string> Stored, int Damaged)> StoredOfAsync(
        IEnumerable<string> jobs,
        IEnumerable<string> preparations,
        CancellationToken cancellationToken
    )
    {
        var (stored, damaged) = (new ConcurrentBag<string>(), 0);
        await Parallel.ForEachAsync(jobs, Limited(cancellationToken), async (id, cancellation) =>
        {
            if (await StoredResult.ReadAsync(store, id, cancellation) is not { } result)
                return;
            if (result.Fault is null)
                stored.Add(id);
            else
                Interlocked.Increment(ref damaged);
        });
        await Parallel.ForEachAsync(preparations, Limited(cancellationToken), async (name, cancellation) =>
        {
            if (await store.ReadAsync(name, cancellation) is not { Content: { IsEmpty: false } content })
                return;
            if (ArtifactSeal.Of(content.Span).State != SealState.Broken)
                stored.Add(name);
        });
        return ([.. stored], damaged);
    }
}
