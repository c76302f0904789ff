using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Generators;

/// <summary>A generator's checked weights in managed memory, on no device.</summary>
/// <param name="Architecture">Its sizes.</param>
/// <param name="Layers">Block 0 (the dense layer as a 4×4 kernel) to the last one.</param>
/// <param name="Output">The 1×1 layer that makes RGB from the last block, normalized.</param>
public sealed record GeneratorWeights(GeneratorArchitecture Architecture, IReadOnlyList<LayerWeights> Layers, LayerWeights Output)
{
    /// <summary>Reads a safetensors file with genforce's tensor names.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">
    /// The file is damaged, lacks a tensor, holds one of a wrong shape or a weight that is not finite, or was stored in the middle of a fade-in.
    /// </exception>
    public static GeneratorWeights Read(ReadOnlyMemory<byte> content, string name) => GenforceLayout.Read(SafetensorsFile.Read(content, name));
}
