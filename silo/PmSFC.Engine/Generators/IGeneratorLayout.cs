using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Generators;

/// <summary>
/// How one code base names the tensors of a family's generators and scales them. Whatever the layout, what is read draws the same images as that code
/// base's own network.
/// </summary>
public interface IGeneratorLayout
{
    /// <summary>Its name on cards.</summary>
    string Name { get; }

    /// <summary>Names of tensors by each of which the layout is known.</summary>
    IReadOnlyList<string> Marks { get; }

    /// <summary>Whether it is the layout in which <see cref="IGeneratorWeights.ToSafetensors"/> writes, so that such a file is kept as it is.</summary>
    bool IsOwn => false;

    /// <summary>Reads and checks the generator.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, has a wrong shape or holds a value that is not finite.</exception>
    IGeneratorWeights Read(StateDict tensors);
}
