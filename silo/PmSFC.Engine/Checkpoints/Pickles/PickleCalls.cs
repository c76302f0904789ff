using System.Text;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The only calls in a pickle that are answered with data: containers, tensors and numpy arrays. Every other gives a <see cref="RefusedObject"/>.</summary>
internal static class PickleCalls
{
    /// <summary>What a call gives; never runs anything.</summary>
    public static object Call(object? callable, IReadOnlyList<object?> arguments) => callable switch
    {
        PickledGlobal global => Known(global, arguments) ?? new RefusedObject(global),
        RefusedObject refused => new RefusedObject(refused.Global),
        _ => new RefusedObject(new PickledGlobal("a call of", callable?.GetType().Name ?? "None")),
    };

    /// <summary>A tuple of sizes; null where the value is none.</summary>
    public static long[]? Sizes(object? value) =>
        value is PickledSequence { Items: { Count: <= 16 } items } && items.TrueForAll(item => item is long) ? [.. items.Cast<long>()] : null;

    /// <summary>The storage that a persistent id of PyTorch names; null where it names something else.</summary>
    /// <param name="id">(<c>storage</c>, type, key, place, number of elements).</param>
    /// <param name="open">Fetches the bytes of a key.</param>
    public static TensorStorage? Storage(object? id, Func<string, ReadOnlyMemory<byte>> open)
    {
        if (id is not PickledSequence { Items: [var kind, PickledGlobal type, var keyText, _, long elements, .. var rest] }) return null;
        if (PickledDictionary.Text(kind) != "storage" || PickledDictionary.Text(keyText) is not { } key || rest is not ([] or [null])) return null;
        return StorageType(type) is { } element ? new TensorStorage(element, elements, () => open(key)) : null;
    }

    private static object? Known(PickledGlobal global, IReadOnlyList<object?> arguments) => (global.Module, global.Name, arguments) switch
    {
        ("collections", "OrderedDict", []) => new PickledDictionary(),
        ("collections", "OrderedDict", [PickledSequence pairs]) => Dictionary(pairs),
        ("builtins", "set" or "frozenset" or "list", []) => new PickledSequence([]),
        ("builtins", "set" or "frozenset" or "list", [PickledSequence items]) => items,
        ("torch", "Size", [PickledSequence items]) => items,
        ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2", [TensorStorage storage, long offset, var size, var stride, ..]) =>
            Sizes(size) is { } shape && Sizes(stride) is { } strides ? new StridedTensor(storage, offset, shape, strides) : null,
        ("torch._utils", "_rebuild_parameter" or "_rebuild_parameter_with_state", [StoredTensor tensor, ..]) => tensor,
        ("numpy.core.multiarray", "_reconstruct", _) => new PickledArray(),
        ("numpy.core.multiarray", "scalar", [PickledDtype dtype, PickledBytes data]) => new PickledArray().Set(new PickledSequence([]), dtype, null, data),
        ("numpy.core.numeric", "_frombuffer", [PickledBytes data, PickledDtype dtype, PickledSequence shape, var order]) =>
            new PickledArray().Set(shape, dtype, order, data),
        ("numpy", "dtype", [var code, ..]) => PickledDictionary.Text(code) is { } text ? new PickledDtype(text) : null,
        ("_codecs", "encode", [string text, ..]) => new PickledBytes(Encoding.Latin1.GetBytes(text)),
        ("copyreg", "_reconstructor" or "__newobj__", [PickledGlobal type, ..]) => new RefusedObject(type),
        _ => null,
    };

    private static PickledDictionary Dictionary(PickledSequence pairs)
    {
        var dictionary = new PickledDictionary();
        foreach (var pair in pairs.Items)
            if (pair is PickledSequence { Items: [var key, var value] }) dictionary.Set(key, value);
        return dictionary;
    }

    private static ElementType? StorageType(PickledGlobal type) => type.Module is not ("torch" or "torch.cuda") ? null : type.Name switch
    {
        "FloatStorage" => ElementType.Float32,
        "DoubleStorage" => ElementType.Float64,
        "HalfStorage" => ElementType.Float16,
        "BFloat16Storage" => ElementType.BFloat16,
        "LongStorage" => ElementType.Int64,
        "IntStorage" => ElementType.Int32,
        "ShortStorage" => ElementType.Int16,
        "CharStorage" => ElementType.Int8,
        "ByteStorage" or "BoolStorage" => ElementType.UInt8,
        _ => null,
    };
}
