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

    /// <summary>Where in a file the generator may lie: containers as <see cref="StateDict.Below"/> takes them, the best first; empty for the file itself.</summary>
    IReadOnlyList<string> Containers { get; }

    /// <summary>Whether tensors have this layout's names; not whether all are there.</summary>
    bool Matches(StateDict tensors);

    /// <summary>Reads and checks the generator.</summary>
    /// <exception cref="CheckpointException">A tensor is missing, has a wrong shape or holds a value that is not finite.</exception>
    GeneratorWeights Read(StateDict tensors);
}
