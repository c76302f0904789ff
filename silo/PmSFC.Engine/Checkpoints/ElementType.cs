namespace PmSFC.Engine.Checkpoints;

/// <summary>The types of a tensor's elements that checkpoints are read with; always little-endian.</summary>
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
    UInt8,
}
