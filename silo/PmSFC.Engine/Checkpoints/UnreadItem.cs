namespace PmSFC.Engine.Checkpoints;

/// <summary>Something in a checkpoint that is not read, which is an error only where its value is needed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The Python name of its class or function, or the name of its element type.</param>
internal sealed record UnreadItem(UnreadKind Kind, string Name)
{
    /// <summary>What to say where its value is needed.</summary>
    /// <param name="name">The name in the checkpoint.</param>
    /// <returns>A relative clause about the file.</returns>
    public string Describe(string name) =>
        Kind switch
        {
            UnreadKind.Module =>
                $"has {(name.Length == 0 ? "" : $"as '{name}' ")}a whole module of the class {Name}, which only its own program can load; load it there and save "
                    + "its state_dict(): torch.save(module.state_dict(), FILE)",
            UnreadKind.QuantizedTensor =>
                $"has a quantized tensor as '{name}', which is not read; save the weights from before quantization, or this tensor's dequantize()",
            UnreadKind.TensorSubclass =>
                $"has a tensor of the class {Name} as '{name}', which only its own program can load; save it as a plain tensor: "
                    + "tensor.as_subclass(torch.Tensor), or what that class offers",
            UnreadKind.SparseTensor => $"has a sparse tensor as '{name}', which is not read; save its to_dense()",
            UnreadKind.MetaTensor =>
                $"has a tensor without elements (on PyTorch's device 'meta') as '{name}'; save it where the weights are loaded",
            UnreadKind.ElementType => $"holds '{name}' as {Name}, which is not read; convert it to float32 and save it again",
            _ => $"has an object of {Name} as '{name}', which is refused: nothing in a checkpoint is executed",
        };
}
