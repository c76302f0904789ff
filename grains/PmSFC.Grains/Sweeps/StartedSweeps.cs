using System.Collections.Concurrent;

namespace PmSFC.Grains.Sweeps;

/// <summary>The sweeps that were started in this silo's process, whatever has become of their activations since.</summary>
internal sealed class StartedSweeps
{
    private readonly ConcurrentDictionary<string, bool> _ids = new(StringComparer.Ordinal);

    /// <summary>A sweep is started.</summary>
    public void Add(string id) => _ids[id] = true;

    /// <summary>Whether a sweep was.</summary>
    public bool Contains(string id) => _ids.ContainsKey(id);
}
