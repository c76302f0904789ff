using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>A StyleGAN2 generator's checked weights in managed memory, on no device, under the names of <see cref="RosinalityLayout"/>.</summary>
public sealed class StyleGan2Weights : IGeneratorWeights
{
    private readonly StyleGan2Architecture _architecture;
    private readonly IReadOnlyDictionary<string, float[]> _values;

    /// <param name="architecture">Its sizes.</param>
    /// <param name="values">For each name of <see cref="RosinalityLayout.TensorsOf"/> its elements; noises and the mean style where there are any.</param>
    internal StyleGan2Weights(StyleGan2Architecture architecture, IReadOnlyDictionary<string, float[]> values) =>
        (_architecture, _values) = (architecture, values);

    /// <inheritdoc/>
    public GeneratorArchitecture Architecture => _architecture;

    /// <summary>Whether it has constant noise for every block; without, it draws without noise.</summary>
    internal bool HasNoise => _values.ContainsKey(RosinalityLayout.Noise(0));

    /// <inheritdoc/>
    public byte[] ToSafetensors()
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, shape) in RosinalityLayout.TensorsOf(_architecture).Where(tensor => _values.ContainsKey(tensor.Name)))
            writer.Add(name, _values[name], shape);
        return writer.ToArray();
    }

    /// <inheritdoc/>
    public IGenerator Load(Device device, ScalarType dtype = ScalarType.Float32) =>
        new StyleGan2Generator(this, _architecture, device, dtype);

    /// <summary>A tensor's elements in its stored shape, on a device; owned by the caller's dispose scope.</summary>
    internal Tensor Tensor(string name, Device device, ScalarType dtype, params ReadOnlySpan<long> shape) =>
        tensor(_values[name], dtype: dtype).reshape(shape.ToArray()).to(device);
}
