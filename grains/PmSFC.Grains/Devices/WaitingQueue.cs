using PmSFC.Abstractions.Devices;
using PmSFC.Grains.Devices.Scheduling;

namespace PmSFC.Grains.Devices;

/// <summary>
/// The items that wait, in groups of one priority, owner, batch key and size, which a device and the order of work do not distinguish. The next batch is
/// found among the oldest of each group, so that it costs as much as there are groups, however many items wait in them.
/// </summary>
/// <param name="policy">The order among items of one priority.</param>
internal sealed class WaitingQueue(ISchedulingPolicy policy)
{
    private static readonly Comparer<int> HighestFirst = Comparer<int>.Create((a, b) => b.CompareTo(a));
    private static readonly Comparer<WaitingItem> OldestFirst = Comparer<WaitingItem>.Create((a, b) => a.Age.CompareTo(b.Age));

    private readonly Dictionary<string, WaitingItem> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, Dictionary<Group, SortedSet<WaitingItem>>> _groups = new(HighestFirst);
    private long _arrivals;

    /// <summary>Every item that waits.</summary>
    public IReadOnlyCollection<WaitingItem> Items => _items.Values;

    /// <summary>The item of an id, or null where none waits.</summary>
    public WaitingItem? Find(string itemId) => _items.GetValueOrDefault(itemId);

    /// <summary>Puts in an item that does not wait yet.</summary>
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

    /// <summary>Takes out the item of an id.</summary>
    /// <returns>Whether it waited.</returns>
    public bool Remove(string itemId)
    {
        if (!_items.Remove(itemId, out var waiting))
            return false;
        Unqueue(waiting);
        return true;
    }

    /// <summary>
    /// Takes out the first item that fits the request, by priority, then the policy, then age, with others of its batch key and
    /// priority, as long as they fit too.
    /// </summary>
    public IReadOnlyList<WaitingItem> TakeBatch(LeaseRequest request, Func<string, double> usage)
    {
        foreach (var groups in _groups.Values)
        {
            if (First(groups, request.BytesAvailable, usage, batchKey: null) is { } first)
                return TakeBatch(groups, first, request, usage);
        }

        return [];
    }

    private List<WaitingItem> TakeBatch(
        Dictionary<Group, SortedSet<WaitingItem>> groups,
        WaitingItem first,
        LeaseRequest request,
        Func<string, double> usage
    )
    {
        var batch = new List<WaitingItem>();
        var left = request.BytesAvailable;
        for (var next = first; next is not null; next = First(groups, left, usage, first.Item.BatchKey))
        {
            Remove(next.Item.Id);
            batch.Add(next);
            left -= next.Item.Request.BytesPerJob;
            if (batch.Count == request.MaximumItems)
                break;
        }

        return batch;
    }

    private WaitingItem? First(Dictionary<Group, SortedSet<WaitingItem>> groups, long bytes, Func<string, double> usage, string? batchKey)
    {
        WaitingItem? first = null;
        var least = double.PositiveInfinity;
        foreach (var (group, items) in groups)
        {
            if (group.Bytes > bytes || (batchKey is not null && group.BatchKey != batchKey))
                continue;
            var head = items.Min!;
            var rank = policy.Rank(new SchedulingCandidate(head.Item, items.Count, usage(group.Owner)));
            if (first is null || rank < least || (rank == least && head.Age < first.Age))
                (first, least) = (head, rank);
        }

        return first;
    }

    private void Queue(WaitingItem waiting)
    {
        var (priority, group) = GroupOf(waiting.Item);
        if (!_groups.TryGetValue(priority, out var groups))
            _groups.Add(priority, groups = []);
        if (!groups.TryGetValue(group, out var items))
            groups.Add(group, items = new SortedSet<WaitingItem>(OldestFirst));
        items.Add(waiting);
    }

    private void Unqueue(WaitingItem waiting)
    {
        var (priority, group) = GroupOf(waiting.Item);
        var items = _groups[priority][group];
        items.Remove(waiting);
        if (items.Count == 0)
            _groups[priority].Remove(group);
        if (_groups[priority].Count == 0)
            _groups.Remove(priority);
    }

    private static (int Priority, Group Group) GroupOf(WorkItem item) =>
        (item.Request.Priority, new Group(item.Request.Owner, item.BatchKey, item.Request.BytesPerJob));

    private readonly record struct Group(string Owner, string BatchKey, long Bytes);
}
