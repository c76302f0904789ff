using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;

namespace PmSFC.Web.Following;

/// <summary>
/// The sweeps that somebody looked at in the last minute, each of which is watched once for all. They are let go when the silo is told to stop, so that it does not wait for them.
/// </summary>
internal sealed class SweepFollowers : IDisposable
{
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1),
        BetweenLooks = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SweepFollower> _followers = new(StringComparer.Ordinal);
    private readonly SweepClient _sweeps;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JsonSerializerOptions _json;
    private readonly CancellationTokenSource _stopping;
    private readonly ITimer _timer;

    /// <summary>Follows nothing yet.</summary>
    /// <param name="sweeps">The cluster.</param>
    /// <param name="json">How answers are written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what cannot be followed.</param>
    /// <param name="silo">Whether the silo stops.</param>
    public SweepFollowers(
        SweepClient sweeps,
        IOptions<JsonOptions> json,
        TimeProvider time,
        ILogger<SweepFollowers> logger,
        CancellationToken silo
    )
    {
        (_sweeps, _json, _time, _logger) = (sweeps, json.Value.SerializerOptions, time, logger);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(silo);
        _timer = time.CreateTimer(_ => LetGo(), null, BetweenLooks, BetweenLooks);
    }

    /// <summary>Sweeps that are followed.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _followers.Count;
        }
    }

    /// <summary>Where a sweep stands, and who follows it, which knows each job's state unless 2 s are too short for that; null where the cluster has not started it.</summary>
    public async Task<(SweepStatus Status, SweepFollower Follower)?> FollowAsync(PlannedSweep sweep, CancellationToken cancellation)
    {
        if (await _sweeps.StatusAsync(sweep.Id, cancellation) is not { } status)
            return null;
        var follower = Get(sweep, status);
        await follower.CaughtUp.WaitAsync(cancellation);
        return (status, follower);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private SweepFollower Get(PlannedSweep sweep, SweepStatus status)
    {
        lock (_lock)
        {
            // Other names are those of a plan that was started again; a reader of the old one's events asks again for the new one's.
            if (!_followers.TryGetValue(sweep.Id, out var follower) || follower.Sweep != sweep || !follower.Fits(status))
            {
                follower?.Stop();
                _followers[sweep.Id] = follower = new SweepFollower(sweep, _sweeps, _json, _time, _logger, _stopping.Token);
            }

            follower.Use();
            return follower;
        }
    }

    private void LetGo()
    {
        lock (_lock)
        {
            foreach (var (id, follower) in _followers.Where(entry => entry.Value.Idle > LongestIdle).ToArray())
            {
                follower.Stop();
                _followers.Remove(id);
            }
        }
    }
}
