using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators.Layouts;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators;

/// <summary>A generator's checked weights in managed memory, on no device.</summary>
public sealed record GeneratorWeights
{
    internal GeneratorWeights(IReadOnlyList<LayerWeights> layers, LayerWeights output)
    {
        Architecture = new GeneratorArchitecture((int)layers[0].Shape[1], [.. layers.Select(layer => (int)layer.Shape[0])]);
        (Layers, Output) = (layers, output);
    }

    /// <summary>Its sizes.</summary>
    public GeneratorArchitecture Architecture { get; }

    /// <summary>Block 0 (the dense layer as a 4×4 kernel) to the last one.</summary>
    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>The 1×1 layer that makes RGB from the last block, normalized.</summary>
    public LayerWeights Output { get; }

    /// <summary>Reads a checkpoint in any layout that is known.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged or no PGGAN generator, lacks a tensor, holds one of a wrong shape or a weight that is not finite, or was stored in the middle
    /// of a fade-in.
    /// </exception>
    public static GeneratorWeights Read(ReadOnlyMemory<byte> content, string name)
    {
        var (layout, network) = GeneratorLayouts.Find(StateDict.Read(content, name));
        return layout.Read(network.Tensors);
    }

    /// <summary>The weights as the project keeps them: a safetensors file with genforce's names, equal bytes for equal weights.</summary>
    public byte[] ToSafetensors() => GenforceLayout.Write(this);
}
