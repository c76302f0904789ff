using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Pggan;

/// <summary>A PGGAN generator's checked weights in managed memory, on no device.</summary>
public sealed record PgganWeights : IGeneratorWeights
{
    internal PgganWeights(IReadOnlyList<LayerWeights> layers, LayerWeights output)
    {
        Architecture = new PgganArchitecture((int)layers[0].Shape[1], [.. layers.Select(layer => (int)layer.Shape[0])]);
        (Layers, Output) = (layers, output);
    }

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture { get; }

    /// <summary>Block 0 (the dense layer as a 4×4 kernel) to the last one.</summary>
    public IReadOnlyList<LayerWeights> Layers { get; }

    /// <summary>The 1×1 layer that makes RGB from the last block, normalized.</summary>
    public LayerWeights Output { get; }

    /// <inheritdoc/>
    /// <remarks>With genforce's names.</remarks>
    public byte[] ToSafetensors() => GenforceLayout.Write(this);

    /// <inheritdoc/>
    public IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) => new PgganGenerator(this, device, dtype);
}
