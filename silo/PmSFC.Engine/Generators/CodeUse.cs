namespace PmSFC.Engine.Generators;

/// <summary>Whether the backward pass of an iteration goes on to the codes that a generator's maps came of.</summary>
public enum CodeUse
{
    /// <summary>It does: what derivatives of a block by a code need is kept, too.</summary>
    Optimized,

    /// <summary>It does not: other numbers are optimized, such as maps or the weights of another network.</summary>
    Fixed,
}
