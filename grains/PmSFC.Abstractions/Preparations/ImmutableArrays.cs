using System.Collections.Immutable;

namespace PmSFC.Abstractions.Preparations;

/// <summary>What a message of an earlier version left out is a default array, which throws when it is read.</summary>
internal static class ImmutableArrays
{
    /// <summary>The array, or an empty one for a default one.</summary>
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;
}
