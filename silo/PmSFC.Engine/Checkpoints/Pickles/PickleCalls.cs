using System.Text;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>The only calls in a pickle that are answered with data: containers, tensors and numpy arrays. Every other gives a <see cref="RefusedObject"/>.</summary>
internal static class PickleCalls
{
    /// <summary>What a call gives; never runs anything.</summary>
    public static object Call(object? callable, IReadOnlyList<object?> arguments) =>
        callable switch
        {
            PickledGlobal global => Known(global, arguments) ?? new RefusedObject(global),
            RefusedObject refused => new RefusedObject(refused.Global, refused.Kind),
            _ => new RefusedObject(new PickledGlobal("a call of", callable?.GetType().Name ?? "None")),
        };

    /// <summary>A tuple of sizes; null where the value is none.</summary>
    public static long[]? Sizes(object? value) =>
        value is PickledSequence { Items: { Count: <= 16 } items } && items.TrueForAll(item => item is long)
            ? [.. items.Cast<long>()]
            : null;

    /// <summary>The storage that a persistent id of PyTorch names; null where it names something else.</summary>
    /// <param name="id">(<c>storage</c>, type, key, place, number of elements), and in old files (key, first element, number of elements) of a part.</param>
    /// <param name="order">Which byte of an element comes first.</param>
    /// <param name="open">Fetches the bytes of a key.</param>
    public static PickledStorage? Storage(object? id, ByteOrder order, Func<string, ReadOnlyMemory<byte>> open)
    {
        if (id is not PickledSequence { Items: [var kind, PickledGlobal type, var keyText, _, long elements, .. var rest] })
            return null;
        if (PickledDictionary.Text(kind) != "storage" || PickledDictionary.Text(keyText) is not { } key)
            return null;
        if (type.Module is not ("torch" or "torch.cuda" or "torch.storage") || !type.Name.EndsWith("Storage", StringComparison.Ordinal))
            return null;
        return rest switch
        {
            [] or [null] => new PickledStorage(type.Name, key, elements, order, () => open(key)),
            [PickledSequence { Items: [_, long first, long count] }] when first >= 0 && count >= 0 => new PickledStorage(
                type.Name,
                key,
                elements,
                order,
                () => open(key)
            )
            {
                First = first,
                Count = count,
            },
            _ => null,
        };
    }

    private static object? Known(PickledGlobal global, IReadOnlyList<object?> arguments) =>
        (global.Module, global.Name, arguments) switch
        {
            ("collections", "OrderedDict", []) or ("builtins", "dict", []) or ("collections", "defaultdict", [] or [_]) =>
                new PickledDictionary(),
            ("dnnlib.util", "EasyDict", []) => new PickledDictionary(),
            ("collections", "OrderedDict", [PickledSequence pairs]) => Dictionary(pairs),

            ("collections", "OrderedDict", [PickledDictionary]) or ("builtins", "dict", [PickledDictionary]) => arguments[0],
            ("dnnlib.util", "EasyDict", [PickledDictionary]) => arguments[0],
            ("torch_utils.persistence", "_reconstruct_persistent_obj", [PickledDictionary meta]) => Module(meta),
            ("builtins", "set" or "frozenset" or "list" or "tuple", []) => new PickledSequence([]),
            ("builtins", "set" or "frozenset" or "list" or "tuple", [PickledSequence items]) => items,
            ("torch", "Size", [PickledSequence items]) => items,
            ("torch.storage", "_load_from_bytes", [PickledBytes bytes]) => TorchFile.ReadStorage(bytes.Content),
            ("torch._utils", "_rebuild_tensor" or "_rebuild_tensor_v2", [PickledStorage storage, long offset, var size, var stride, ..]) =>
                Tensor(storage, storage.Type, storage.TypeName, offset, size, stride),
            (
                "torch._utils",
                "_rebuild_tensor_v3",
                [PickledStorage storage, long offset, var size, var stride, _, _, PickledGlobal { Module: "torch" } type, ..]
            ) => Tensor(storage, ElementTypes.OfTorch(type.Name), type.Name, offset, size, stride),
            (
                "torch._utils",
                "_rebuild_parameter"
                    or "_rebuild_parameter_with_state",
                [StoredTensor or PickledArray or RefusedObject, ..]
            ) => arguments[0],
            ("torch._utils", "_rebuild_device_tensor_from_cpu_tensor", [StoredTensor or RefusedObject, ..]) => arguments[0],
            (
                "torch._utils",
                "_rebuild_device_tensor_from_numpy"
                    or "_rebuild_xla_tensor"
                    or "_rebuild_mlc_tensor",
                [PickledArray array, ..]
            ) => array,
            ("torch._utils", "_rebuild_qtensor", _) => new RefusedObject(global, UnreadKind.QuantizedTensor),
            ("torch._utils", "_rebuild_sparse_tensor" or "_rebuild_sparse_csr_tensor", _) => new RefusedObject(
                global,
                UnreadKind.SparseTensor
            ),
            ("torch._utils", "_rebuild_meta_tensor_no_storage", _) => new RefusedObject(global, UnreadKind.MetaTensor),
            ("torch._utils", "_rebuild_wrapper_subclass", [PickledGlobal type, ..]) => new RefusedObject(type, UnreadKind.TensorSubclass),
            (
                "torch._tensor",
                "_rebuild_from_type"
                    or "_rebuild_from_type_v2",
                [PickledGlobal function, PickledGlobal type, PickledSequence values, ..]
            ) => IsPlain(type) ? Known(function, values.Items) : new RefusedObject(type, UnreadKind.TensorSubclass),
            ("numpy.core.multiarray", "_reconstruct", _) => new PickledArray(),
            ("numpy.core.multiarray", "scalar", [PickledDtype dtype, PickledBytes data]) => new PickledArray().Set(
                new PickledSequence([]),
                dtype,
                null,
                data
            ),
            ("numpy.core.numeric", "_frombuffer", [PickledBytes data, PickledDtype dtype, PickledSequence shape, var order]) =>
                new PickledArray().Set(shape, dtype, order, data),
            ("numpy", "dtype", [var code, ..]) => PickledDictionary.Text(code) is { } text ? new PickledDtype(text) : null,
            ("_codecs", "encode", [string text, ..]) => new PickledBytes(Encoding.Latin1.GetBytes(text)),
            ("copyreg", "_reconstructor", [PickledGlobal { Module: "dnnlib.util", Name: "EasyDict" }, _, var items]) => items
                as PickledDictionary
                ?? new PickledDictionary(),
            ("copyreg", "_reconstructor" or "__newobj__", [PickledGlobal type, ..]) => new RefusedObject(type),
            _ => null,
        };

    private static PickledModule? Module(PickledDictionary meta) =>
        PickledDictionary.Text(meta.Get("class_name")) is { } name && meta.Get("state") is PickledDictionary state
            ? new PickledModule(name, state)
            : null;

    private static object? Tensor(PickledStorage storage, ElementType? type, string typeName, long offset, object? size, object? stride)
    {
        if (Sizes(size) is not { } shape || Sizes(stride) is not { } strides)
            return null;
        return type is { } known
            ? new StoredTensor(storage.As(known), offset, shape, strides)
            : new RefusedObject(new PickledGlobal("torch", typeName), UnreadKind.ElementType);
    }

    /// <summary>Whether a class of tensors is PyTorch's own and means no more than its elements.</summary>
    private static bool IsPlain(PickledGlobal type) =>
        (type.Module, type.Name) is ("torch", "Tensor") or ("torch._tensor", "Tensor") or ("torch.nn.parameter", "Parameter" or "Buffer");

    private static PickledDictionary Dictionary(PickledSequence pairs)
    {
        var dictionary = new PickledDictionary();
        foreach (var pair in pairs.Items)
            if (pair is PickledSequence { Items: [var key, var value] })
                dictionary.Set(key, value);
        return dictionary;
    }
}
