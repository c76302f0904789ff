namespace PmSFC.Engine.Tensors;

/// <summary>
/// A small seeded random stream (Steele, Lea and Flood 2014) whose numbers are the same in every version of .NET, which
/// <see cref="Random"/> does not promise.
/// </summary>
/// <param name="seed">Equal seeds give equal streams.</param>
public sealed class SplitMix64(long seed)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = (ulong)seed;

    /// <summary>A seed for the part of a stream that belongs to <paramref name="index"/> alone, such as one iteration.</summary>
    public static long Derive(long seed, long index) => (long)Mix(Mix((ulong)seed + Increment) + ((ulong)index + 1) * Increment);

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    public int NextIndex(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A number from 0 (included) to 1 (excluded).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Puts items in an order that is drawn at random, all orders being equally likely.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextIndex(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private ulong Next() => Mix(_state += Increment);

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
