using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// A method whose codes <c>z</c> and <c>w</c> become maps at the cut, which G2 makes images of. Its settings have a
/// <see cref="Generators.SplitSetting"/>.
/// </summary>
public interface IFeatureComposingMethod : IOptimizationMethod
{
    /// <summary>How the method composes codes, in a search and after it.</summary>
    /// <param name="generator">Borrowed: disposed by the caller, after the composition.</param>
    /// <param name="settings">Settings of this method that fit the generator.</param>
    /// <param name="partition">The subspaces of the channels at the cut; needed by methods that use subspaces.</param>
    /// <exception cref="ArgumentException">The partition is missing, or is of another number of channels.</exception>
    IFeatureComposition CreateComposition(IGenerator generator, ResolvedSettings settings, ChannelPartition? partition);
}
