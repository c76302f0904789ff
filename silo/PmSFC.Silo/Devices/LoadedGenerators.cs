namespace PmSFC.Silo.Devices;

/// <summary>
/// The generators whose weights are on a device, the least recently used making room for the next. Only for the device's thread, since its entries
/// are tensors.
/// </summary>
public sealed class LoadedGenerators : IDisposable
{
    private const int Most = 2;

    private readonly List<(string Id, LoadedGenerator Generator)> _loaded = [];

    /// <summary>Whether a generator is loaded.</summary>
    public bool Contains(string id) => _loaded.Exists(entry => entry.Id == id);

    /// <summary>A generator that is loaded.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public LoadedGenerator Get(string id)
    {
        var index = _loaded.FindIndex(entry => entry.Id == id);
        if (index < 0)
            throw new InvalidOperationException($"The generator {id} is not on this device.");
        var entry = _loaded[index];
        _loaded.RemoveAt(index);
        _loaded.Add(entry);
        return entry.Generator;
    }

    /// <summary>Takes a generator over.</summary>
    public void Add(string id, LoadedGenerator generator)
    {
        if (_loaded.Count == Most)
        {
            _loaded[0].Generator.Dispose();
            _loaded.RemoveAt(0);
        }

        _loaded.Add((id, generator));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, generator) in _loaded)
            generator.Dispose();
        _loaded.Clear();
    }
}
