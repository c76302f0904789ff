namespace PmSFC.Engine.Generators;

/// <summary>The channels of a split layer, each in one of R subspaces.</summary>
public sealed record ChannelPartition
{
    private readonly int[][] _channels;

    /// <summary>Takes the subspace of every channel.</summary>
    /// <param name="labels">C entries from 0 to <paramref name="count"/> − 1.</param>
    /// <param name="count">R, the number of subspaces.</param>
    /// <exception cref="ArgumentException">A label is out of range, or a subspace has no channel.</exception>
    public ChannelPartition(IReadOnlyList<int> labels, int count)
    {
        if (labels.Any(label => label < 0 || label >= count))
            throw new ArgumentException($"Subspace labels must be from 0 to {count - 1}.", nameof(labels));
        Labels = [.. labels];
        Count = count;
        _channels = [.. Enumerable.Range(0, count).Select(r => Enumerable.Range(0, labels.Count).Where(c => labels[c] == r).ToArray())];
        if (Array.FindIndex(_channels, channels => channels.Length == 0) is var empty and >= 0)
            throw new ArgumentException($"Subspace {empty} of {count} has no channel.", nameof(labels));
        Sizes = [.. _channels.Select(channels => channels.Length)];
        Order = [.. _channels.SelectMany(channels => channels)];
        var inverse = new int[Order.Count];
        for (var i = 0; i < inverse.Length; i++)
            inverse[Order[i]] = i;
        InverseOrder = inverse;
    }

    /// <summary>The subspace of each channel.</summary>
    public IReadOnlyList<int> Labels { get; }

    /// <summary>R, the number of subspaces.</summary>
    public int Count { get; }

    /// <summary>C, the number of channels.</summary>
    public int Channels => Labels.Count;

    /// <summary>Channels in each subspace.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>All channels, those of subspace 0 first, ascending within a subspace.</summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>The place of each channel in <see cref="Order"/>: taking these puts ordered maps back in channel order (Eq. 7).</summary>
    public IReadOnlyList<int> InverseOrder { get; }

    /// <summary>The channels of subspace <paramref name="subspace"/>, ascending.</summary>
    public IReadOnlyList<int> ChannelsOf(int subspace) => _channels[subspace];

    /// <inheritdoc/>
    public bool Equals(ChannelPartition? other) => other is not null && Count == other.Count && Labels.SequenceEqual(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => Labels.Aggregate(Count, HashCode.Combine);
}
