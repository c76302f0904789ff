using static TorchSharp.torch;

namespace PmSFC.Engine.Generators;

/// <summary>A generator's checked weights in managed memory, on no device.</summary>
public interface IGeneratorWeights
{
    /// <summary>Its sizes.</summary>
    GeneratorArchitecture Architecture { get; }

    /// <summary>The weights as the project keeps them: a safetensors file in the family's own layout, equal bytes for equal weights.</summary>
    byte[] ToSafetensors();

    /// <summary>Puts the weights on a device.</summary>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32);
}
