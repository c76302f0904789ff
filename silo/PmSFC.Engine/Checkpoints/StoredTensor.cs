using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Checkpoints;

/// <summary>A tensor that lies in a file until its elements are read.</summary>
internal abstract class StoredTensor
{
    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public abstract IReadOnlyList<long> Shape { get; }

    /// <summary>The elements in row-major order, as single precision.</summary>
    /// <param name="file">What error messages call the file.</param>
    /// <param name="name">What error messages call the tensor.</param>
    /// <exception cref="CheckpointException">The elements are not in the file.</exception>
    public abstract float[] Read(string file, string name);
}
