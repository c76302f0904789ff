using PmSFC.Abstractions.Jobs;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>What sweeps come to where nothing breaks, each computed once.</summary>
public sealed class QuietRun : IDisposable
{
    /// <summary>Its jobs are those of every sweep that has as many iterations and no more rows and images.</summary>
    private static readonly TinySweep Large = new("quiet", Rows: 3, Images: 4, Iterations: 600);

    private readonly Workshop _workshop = new();
    private readonly Dictionary<TinySweep, IReadOnlyDictionary<string, JobResult>> _known = [];

    /// <summary>The results of a sweep's jobs, and perhaps of others, by job.</summary>
    internal async Task<IReadOnlyDictionary<string, JobResult>> OfAsync(TinySweep sweep)
    {
        var whole = sweep.Iterations == Large.Iterations && sweep.Rows <= Large.Rows && sweep.Images <= Large.Images ? Large : sweep;
        if (!_known.TryGetValue(whole, out var results))
            _known[whole] = results = await whole.RunQuietlyAsync(_workshop);
        return results;
    }

    /// <inheritdoc/>
    public void Dispose() => _workshop.Dispose();
}
