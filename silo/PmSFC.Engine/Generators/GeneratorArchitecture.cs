namespace PmSFC.Engine.Generators;

/// <summary>
/// The sizes of a progressive GAN's generator: two convolutional blocks a resolution, from 4×4 up. Holds no tensors, so that work can be checked and
/// planned where no device exists.
/// </summary>
public sealed record GeneratorArchitecture
{
    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block; two blocks a resolution.</param>
    /// <exception cref="ArgumentException">The number of blocks is not even, or a size is not positive.</exception>
    public GeneratorArchitecture(int latentSize, IReadOnlyList<int> channels)
    {
        if (latentSize < 1) throw new ArgumentException($"The latent size is {latentSize}, but must be at least 1.", nameof(latentSize));
        if (channels.Count is 0 or > 18 || channels.Count % 2 != 0 || channels.Any(count => count < 1))
            throw new ArgumentException("A generator has two blocks a resolution, from 4 to 1024 pixels, each with at least one channel.", nameof(channels));
        LatentSize = latentSize;
        Channels = [.. channels];
    }

    /// <summary>Length of a latent code.</summary>
    public int LatentSize { get; }

    /// <summary>Output channels of block 0 to <see cref="Layers"/> − 1.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>Number of convolutional blocks, the output layer not counted.</summary>
    public int Layers => Channels.Count;

    /// <summary>Width and height of an image, pixels.</summary>
    public int Resolution => ResolutionAt(Layers);

    /// <summary>The largest split: at least one block stays in G2.</summary>
    public int LargestSplit => Layers - 1;

    /// <summary>C: the number of maps at the cut after <paramref name="split"/> blocks.</summary>
    public int ChannelsAt(int split) => Channels[split - 1];

    /// <summary>Width and height of a map at the cut after <paramref name="split"/> blocks.</summary>
    public int ResolutionAt(int split) => 4 << ((split - 1) / 2);

    /// <summary>Whether a generator can be cut after <paramref name="split"/> blocks.</summary>
    public bool IsSplit(int split) => split >= 1 && split <= LargestSplit;

    /// <summary>Demands that a generator can be cut after <paramref name="split"/> blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It cannot.</exception>
    public void CheckSplit(int split)
    {
        if (!IsSplit(split))
            throw new ArgumentOutOfRangeException(nameof(split), $"The split layer is {split}, but this generator can be cut after 1 to {LargestSplit} blocks.");
    }

    /// <inheritdoc/>
    public bool Equals(GeneratorArchitecture? other) =>
        other is not null && LatentSize == other.LatentSize && Channels.SequenceEqual(other.Channels);

    /// <inheritdoc/>
    public override int GetHashCode() => Channels.Aggregate(LatentSize, HashCode.Combine);
}
