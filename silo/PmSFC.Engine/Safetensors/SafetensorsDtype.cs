namespace PmSFC.Engine.Safetensors;

/// <summary>The element types that are read.</summary>
public enum SafetensorsDtype
{
    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>The upper half of IEEE single precision.</summary>
    BF16,
}
