namespace PmSFC.Engine.Checkpoints;

/// <summary>The types of a tensor's elements that are read.</summary>
internal enum ElementType
{
    Float32,
    Float64,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt64,
    UInt32,
    UInt16,

    /// <summary>Also truth values, of which true is 1.</summary>
    UInt8,
}
