using PmSFC.Abstractions.Devices;

namespace PmSFC.Grains.Devices;

/// <summary>
/// What waits, in lines of items that are alike to a device and to the order: of one priority, owner, batch key and size. The next batch is found
/// among the first of each line, so that it costs as much as there are lines, whatever waits in them.
/// </summary>
internal sealed class WaitingLines
{
    private static readonly Comparer<int> HighestFirst = Comparer<int>.Create((a, b) => b.CompareTo(a));
    private static readonly Comparer<WaitingItem> OldestFirst = Comparer<WaitingItem>.Create((a, b) => a.Age.CompareTo(b.Age));

    private readonly Dictionary<string, WaitingItem> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Dictionary<Line, SortedSet<WaitingItem>>> _lines = new(HighestFirst);
    private long _arrivals;

    public IReadOnlyCollection<WaitingItem> Items => _items.Values;

    public WaitingItem? Find(string itemId) => _items.GetValueOrDefault(itemId);

    public WaitingItem Add(WorkItem item, DateTimeOffset now)
    {
        var waiting = new WaitingItem(item, _arrivals++, now);
        _items.Add(item.Id, waiting);
        Queue(waiting);
        return waiting;
    }

    /// <summary>Changes what is asked for an item, which keeps its age.</summary>
    public void Update(WaitingItem waiting, WorkItem item)
    {
        Unqueue(waiting);
        waiting.Item = item;
        Queue(waiting);
    }

    public bool Remove(string itemId)
    {
        if (!_items.Remove(itemId, out var waiting))
            return false;
        Unqueue(waiting);
        return true;
    }

    /// <summary>
    /// Takes out the first item that fits the request, by priority, then the owner's use of devices, then age, with those of its batch key and
    /// priority that fit beside it.
    /// </summary>
    public IReadOnlyList<WaitingItem> TakeBatch(LeaseRequest request, Func<string, double> usage)
    {
        foreach (var lines in _lines.Values)
        {
            if (First(lines, request.BytesAvailable, usage, batchKey: null) is { } first)
                return TakeBatch(lines, first, request, usage);
        }

        return [];
    }

    private List<WaitingItem> TakeBatch(
        Dictionary<Line, SortedSet<WaitingItem>> lines, WaitingItem first, LeaseRequest request, Func<string, double> usage)
    {
        var batch = new List<WaitingItem>();
        var left = request.BytesAvailable;
        for (var next = first; next is not null; next = First(lines, left, usage, first.Item.BatchKey))
        {
            Remove(next.Item.Id);
            batch.Add(next);
            left -= next.Item.Request.BytesPerJob;
            if (batch.Count == request.MaximumItems)
                break;
        }

        return batch;
    }

    private static WaitingItem? First(Dictionary<Line, SortedSet<WaitingItem>> lines, long bytes, Func<string, double> usage, string? batchKey)
    {
        WaitingItem? first = null;
        var least = double.PositiveInfinity;
        foreach (var (line, items) in lines)
        {
            if (line.Bytes > bytes || (batchKey is not null && line.BatchKey != batchKey))
                continue;
            var (head, used) = (items.Min!, usage(line.Owner));
            if (first is null || used < least || (used == least && head.Age < first.Age))
                (first, least) = (head, used);
        }

        return first;
    }

    private void Queue(WaitingItem waiting)
    {
        var (priority, line) = LineOf(waiting.Item);
        if (!_lines.TryGetValue(priority, out var lines))
            _lines.Add(priority, lines = []);
        if (!lines.TryGetValue(line, out var items))
            lines.Add(line, items = new SortedSet<WaitingItem>(OldestFirst));
        items.Add(waiting);
    }

    private void Unqueue(WaitingItem waiting)
    {
        var (priority, line) = LineOf(waiting.Item);
        var items = _lines[priority][line];
        items.Remove(waiting);
        if (items.Count == 0)
            _lines[priority].Remove(line);
        if (_lines[priority].Count == 0)
            _lines.Remove(priority);
    }

    private static (int Priority, Line Line) LineOf(WorkItem item) =>
        (item.Request.Priority, new Line(item.Request.Owner, item.BatchKey, item.Request.BytesPerJob));

    private readonly record struct Line(string Owner, string BatchKey, long Bytes);
}
