using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Checkpoints;

/// <summary>A tensor of a safetensors file.</summary>
internal sealed class SafetensorsTensor(SafetensorsFile source, SafetensorsEntry entry) : StoredTensor
{
    public override IReadOnlyList<long> Shape => entry.Shape;

    public override float[] Read(string file, string name) => source.ReadFloats(entry.Name, [.. entry.Shape]);
}
