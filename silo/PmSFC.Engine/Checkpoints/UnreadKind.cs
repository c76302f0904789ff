namespace PmSFC.Engine.Checkpoints;

/// <summary>What something in a checkpoint is that is not read.</summary>
internal enum UnreadKind
{
    /// <summary>An object of a class or function that is not known.</summary>
    Object,

    /// <summary>A module of PyTorch with its program.</summary>
    Module,

    /// <summary>A tensor of integers with a scale.</summary>
    QuantizedTensor,

    /// <summary>A tensor of a class of its own.</summary>
    TensorSubclass,

    /// <summary>A tensor of which only what is not 0 is stored.</summary>
    SparseTensor,

    /// <summary>A tensor without elements.</summary>
    MetaTensor,

    /// <summary>A tensor of elements of a type that is not read.</summary>
    ElementType,
}
