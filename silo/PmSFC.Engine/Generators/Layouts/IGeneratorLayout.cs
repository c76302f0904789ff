using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators.Layouts;

/// <summary>
/// How one code base names a PGGAN generator's tensors and scales them. Whatever the layout, what is read draws the same images as that code base's own
/// network; a norm that it puts after an activation is the one that the engine puts before the next convolution.
/// </summary>
public interface IGeneratorLayout
{
    /// <summary>Its name on cards.</summary>
    string Name { get; }

    /// <summary>Names of tensors by each of which the layout is known.</summary>
    IReadOnlyList<string> Marks { get; }

    /// <summary>Reads and checks the generator.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, has a wrong shape or holds a value that is not finite.</exception>
    GeneratorWeights Read(StateDict tensors);
}
