using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;

namespace PmSFC.Engine.Subspaces;

/// <summary>How strongly channels express each other: a symmetric C×C matrix of numbers that are not negative.</summary>
public sealed class AffinityMatrix
{
    private readonly double[] _values;

    private AffinityMatrix(double[] values, int size)
    {
        _values = values;
        Size = size;
    }

    /// <summary>C, the number of channels.</summary>
    public int Size { get; }

    /// <summary>The affinity of two channels.</summary>
    public double this[int row, int column] => _values[row * Size + column];

    /// <summary>A = (|S| + |Sᵀ|) / 2 (Algorithm 1, step 8).</summary>
    /// <param name="coefficients">S, C×C, row-major.</param>
    /// <param name="size">C.</param>
    /// <exception cref="ArgumentException">The number of coefficients is not C².</exception>
    /// <exception cref="DegenerateAffinityException">A coefficient is not a finite number.</exception>
    public static AffinityMatrix FromCoefficients(ReadOnlySpan<float> coefficients, int size)
    {
        if (coefficients.Length != size * size)
        {
            throw new ArgumentException(
                $"There are {coefficients.Length} coefficients, but {size} channels have {size * size}.",
                nameof(coefficients)
            );
        }

        var values = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j < size; j++)
                values[i * size + j] = (Math.Abs((double)coefficients[i * size + j]) + Math.Abs((double)coefficients[j * size + i])) / 2;
        }

        return Array.TrueForAll(values, double.IsFinite)
            ? new AffinityMatrix(values, size)
            : throw new DegenerateAffinityException(
                "The coefficients between channels are not finite numbers any more; lower 'learning-rate'."
            );
    }

    /// <summary>D: the sum of each channel's affinities.</summary>
    public double[] Degrees()
    {
        var degrees = new double[Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
                degrees[i] += this[i, j];
        }

        return degrees;
    }

    /// <summary>The matrix in another order, such as <see cref="ChannelPartition.Order"/>, which makes blocks visible (Fig. 3).</summary>
    /// <param name="order">The channel that comes first, second, and so on.</param>
    public float[,] Reordered(IReadOnlyList<int> order)
    {
        var matrix = new float[Size, Size];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
                matrix[i, j] = (float)this[order[i], order[j]];
        }

        return matrix;
    }

    /// <summary>The same entries in random places: symmetric, and 0 on the diagonal where the diagonal is 0.</summary>
    /// <param name="seed">Determines the places.</param>
    public AffinityMatrix Shuffled(long seed)
    {
        var pairs = new double[Size * (Size - 1) / 2];
        var next = 0;
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < i; j++)
                pairs[next++] = this[i, j];
        }

        new SplitMix64(seed).Shuffle(pairs.AsSpan());
        var values = (double[])_values.Clone();
        for (var i = Size - 1; i >= 0; i--)
        {
            for (var j = i - 1; j >= 0; j--)
                values[i * Size + j] = values[j * Size + i] = pairs[--next];
        }

        return new AffinityMatrix(values, Size);
    }
}
