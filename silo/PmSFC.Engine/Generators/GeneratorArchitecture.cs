using System.Collections.ObjectModel;
using PmSFC.Engine.Costs;

namespace PmSFC.Engine.Generators;

/// <summary>
/// The sizes of a generator that can be cut after any of its blocks, and what its passes take. Holds no tensors, so that work can be checked and planned
/// where no device exists.
/// </summary>
public abstract record GeneratorArchitecture
{
    /// <summary>Takes the sizes of a generator.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block.</param>
    /// <exception cref="ArgumentException">There is no block, or a size is not positive.</exception>
    protected GeneratorArchitecture(int latentSize, IReadOnlyList<int> channels)
    {
        if (latentSize < 1)
            throw new ArgumentException($"The latent size is {latentSize}, but must be at least 1.", nameof(latentSize));
        if (channels.Count == 0 || channels.Any(count => count < 1))
            throw new ArgumentException("A generator has at least one block, each with at least one channel.", nameof(channels));
        LatentSize = latentSize;
        Channels = [.. channels];
    }

    /// <summary>The <see cref="IGeneratorFamily.Name"/> of its family.</summary>
    public abstract string Family { get; }

    /// <summary>What else tells its sizes, by the family's own names; part of cards.</summary>
    public virtual IReadOnlyDictionary<string, int> FamilySizes => ReadOnlyDictionary<string, int>.Empty;

    /// <summary>Length of a latent code.</summary>
    public int LatentSize { get; protected init; }

    /// <summary>Output channels of block 0 to <see cref="Layers"/> − 1.</summary>
    public IReadOnlyList<int> Channels { get; }

    /// <summary>
    /// The sizes of an <see cref="IStyledGenerator.Synthesis"/>, whose codes are styles; <see langword="null"/> where the family has no styles.
    /// </summary>
    public virtual GeneratorArchitecture? Synthesis => null;

    /// <summary>P: parts of the network that can have a style each; 0 where the family has no styles.</summary>
    public virtual int StylePlaces => 0;

    /// <summary>Numbers in the weights that an image can have of its own (<see cref="IStyledGenerator.OwnWeights"/>); 0 where the family has no styles.</summary>
    public virtual double OwnWeights => 0;

    /// <summary>Numbers that are kept of an image's own weights, in the form in which they draw; 0 where the family has no styles.</summary>
    public virtual double OwnWeightsInUse => 0;

    /// <summary>Number of convolutional blocks, the output layer not counted.</summary>
    public int Layers => Channels.Count;

    /// <summary>Width and height of an image, pixels.</summary>
    public int Resolution => ResolutionAt(Layers);

    /// <summary>The largest split: at least one block stays in G2.</summary>
    public int LargestSplit => Layers - 1;

    /// <summary>Numbers in all weights, biases not counted.</summary>
    public double Weights => Enumerable.Range(0, Layers).Sum(WeightsOf);

    /// <summary>C: the number of maps at the cut after <paramref name="split"/> blocks.</summary>
    public int ChannelsAt(int split) => Channels[split - 1];

    /// <summary>Width and height of a map at the cut after <paramref name="split"/> blocks.</summary>
    public abstract int ResolutionAt(int split);

    /// <summary>Whether block number <paramref name="layer"/>, from 1, is the last one of its resolution.</summary>
    public bool EndsResolution(int layer) => layer == Layers || ResolutionAt(layer + 1) != ResolutionAt(layer);

    /// <summary>Numbers in the weight of a block.</summary>
    /// <param name="index">The block, from 0.</param>
    public abstract double WeightsOf(int index);

    /// <summary>What G1 of one code takes, where the last block makes 1/R of its channels.</summary>
    /// <param name="split">Number of blocks, from 1 to <see cref="Layers"/>.</param>
    /// <param name="subspaces">R; 1 for all channels.</param>
    public abstract NetworkCost LowerCost(int split, int subspaces = 1);

    /// <summary>What the blocks between two cuts take for one image.</summary>
    /// <param name="from">Number of blocks before, at least 1.</param>
    /// <param name="to">Number of blocks after, at most <see cref="Layers"/>.</param>
    /// <param name="codes">Whether gradients go on to the codes; a matter of families whose later blocks depend on the code as well.</param>
    public abstract NetworkCost AdvanceCost(int from, int to, CodeUse codes = CodeUse.Optimized);

    /// <summary>Whether the maps that a block or the image is made of are kept for its derivative.</summary>
    /// <param name="codes">Whether gradients go on to the codes.</param>
    public virtual bool KeepsInput(CodeUse codes) => true;

    /// <summary>What the image of the last block's maps takes.</summary>
    public abstract NetworkCost OutputCost { get; }

    /// <summary>Whether a generator can be cut after <paramref name="split"/> blocks.</summary>
    public bool IsSplit(int split) => split >= 1 && split <= LargestSplit;

    /// <summary>Demands that a generator can be cut after <paramref name="split"/> blocks.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It cannot.</exception>
    public void CheckSplit(int split)
    {
        if (!IsSplit(split))
            throw new ArgumentOutOfRangeException(
                nameof(split),
                $"The split layer is {split}, but this generator can be cut after 1 to {LargestSplit} blocks."
            );
    }

    /// <summary>Demands that a generator can be cut after <paramref name="split"/> blocks into the subspaces of a partition.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It cannot be cut there.</exception>
    /// <exception cref="ArgumentException">The partition is of another number of channels.</exception>
    public void CheckPartition(ChannelPartition partition, int split)
    {
        CheckSplit(split);
        if (partition.Channels != ChannelsAt(split))
        {
            throw new ArgumentException(
                $"The subspaces divide {partition.Channels} channels, but the generator has {ChannelsAt(split)} at split {split}.",
                nameof(partition)
            );
        }
    }

    /// <inheritdoc/>
    public virtual bool Equals(GeneratorArchitecture? other) =>
        other is not null
        && EqualityContract == other.EqualityContract
        && LatentSize == other.LatentSize
        && Channels.SequenceEqual(other.Channels);

    /// <inheritdoc/>
    public override int GetHashCode() => Channels.Aggregate(LatentSize, HashCode.Combine);
}
