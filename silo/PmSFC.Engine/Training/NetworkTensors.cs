using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Training;

/// <summary>A trained network's tensors on a device, frozen, by the names under which its training stores them.</summary>
internal sealed class NetworkTensors : IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Puts tensors on a device; weights of convolutions as <see cref="NetworkLayers.ChannelsLast"/> lays them out.</summary>
    /// <param name="file">Where they are stored.</param>
    /// <param name="tensors">Every tensor, and its sizes in row-major order.</param>
    /// <param name="device">Where they are to be.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">A tensor is missing, or of other sizes.</exception>
    public NetworkTensors(SafetensorsFile file, IEnumerable<(string Name, long[] Shape)> tensors, Device device, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, shape) in tensors)
        {
            var value = tensor(file.ReadFloats(name, shape), dtype: dtype, device: device).view(shape);
            _tensors.Add(name, shape.Length == 4 ? NetworkLayers.ChannelsLast(value) : value);
        }

        foreach (var tensor in _tensors.Values)
            tensor.DetachFromDisposeScope();
    }

    /// <summary>A tensor by its name.</summary>
    public Tensor this[string name] => _tensors[name];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values)
            tensor.Dispose();
    }
}
