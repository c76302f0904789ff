using PmSFC.Engine.Checkpoints.Pickles;
using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Checkpoints;

/// <summary>
/// The named tensors of a checkpoint: safetensors, PyTorch's zip and legacy files, and plain pickles alike. Nothing in a file is executed. Elements are
/// read when they are asked for. A tensor inside a container has the container's name and <c>/</c> before its own; items of a list have their numbers.
/// </summary>
public sealed class StateDict
{
    private const int MostNames = 20_000, Deepest = 8;

    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly string _place = "";
    private int _visits;

    private StateDict(string fileName, bool isSafetensors, string place = "") => (FileName, IsSafetensors, _place) = (fileName, isSafetensors, place);

    /// <summary>The name that error messages give to the file.</summary>
    public string FileName { get; }

    /// <summary>Whether the file is a safetensors file.</summary>
    public bool IsSafetensors { get; }

    /// <summary>The names of its tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Objects that were not read, as place and Python name, for example <c>config</c> and <c>models.utils.config.BaseConfig</c>.</summary>
    public IReadOnlyDictionary<string, string> Refused => _refused;

    /// <summary>Reads a file of any of the formats, told apart by its first bytes.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged, or holds objects where tensors are needed; these are named.</exception>
    public static StateDict Read(ReadOnlyMemory<byte> content, string name)
    {
        var span = content.Span;
        if (TorchFile.IsZip(span)) return FromValue(TorchFile.ReadZip(content, name), name);
        if (span.Length > 8 && span[8] == '{' && span[5] == 0) return FromSafetensors(SafetensorsFile.Read(content, name));
        if (span.Length > 262 && span.Slice(257, 5).SequenceEqual("ustar"u8))
            throw SafetensorsHeader.Damaged(name, "is a tar archive of a PyTorch before 0.1.10; load it with an old PyTorch and save it again");
        return span.Length > 1 && (span[0] is (byte)'(' or (byte)'c' or (byte)']' or (byte)'}' || (span[0] == 0x80 && span[1] < 16))
            ? FromValue(TorchFile.ReadPickle(content, name), name)
            : FromSafetensors(SafetensorsFile.Read(content, name));
    }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>A tensor's sizes, outermost first; empty for a scalar.</summary>
    /// <exception cref="CheckpointException">There is no such tensor.</exception>
    public IReadOnlyList<long> Shape(string name) => Tensor(name).Shape;

    /// <summary>A tensor's elements in row-major order, as single precision.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="CheckpointException">The tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public float[] ReadFloats(string name, params ReadOnlySpan<long> shape)
    {
        var tensor = Tensor(name);
        if (!shape.SequenceEqual(tensor.Shape.ToArray()))
        {
            throw SafetensorsHeader.Damaged(
                FileName, $"holds '{_place}{name}' with shape [{string.Join(", ", tensor.Shape)}], but [{string.Join(", ", shape.ToArray())}] is needed");
        }

        var values = tensor.Read(FileName, _place + name);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0
            ? values
            : throw SafetensorsHeader.Damaged(FileName, $"holds {values[bad]} in '{_place}{name}' at element {bad}; weights must be finite numbers");
    }

    /// <summary>The tensors inside a container, by their names in it; none where there is no such container.</summary>
    /// <param name="container">The container's name.</param>
    public StateDict Below(string container) => After($"{container}/");

    /// <summary>The tensors whose names begin with a prefix, by what comes after it; none where no name does.</summary>
    /// <param name="prefix">The beginning of the names.</param>
    public StateDict After(string prefix)
    {
        var below = new StateDict(FileName, IsSafetensors, _place + prefix);
        foreach (var (name, tensor) in _tensors)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) below._tensors.Add(name[prefix.Length..], tensor);
        foreach (var (name, global) in _refused)
            if (name.StartsWith(prefix, StringComparison.Ordinal)) below._refused.Add(name[prefix.Length..], global);
        return below;
    }

    private static StateDict FromSafetensors(SafetensorsFile file)
    {
        var state = new StateDict(file.Header.FileName, isSafetensors: true);
        foreach (var entry in file.Header.Entries.Values) state._tensors.Add(entry.Name, new SafetensorsTensor(file, entry));
        return state;
    }

    private static StateDict FromValue(object? value, string name)
    {
        var state = new StateDict(name, isSafetensors: false);
        state.Visit(value, "", 0);
        if (state._tensors.Count > 0) return state;
        throw state._refused.Count == 0
            ? SafetensorsHeader.Damaged(name, "holds no tensors")
            : SafetensorsHeader.Damaged(
                name,
                $"holds no tensors, but objects of {string.Join(", ", state._refused.Values.Distinct(StringComparer.Ordinal).Take(5))}, which are refused: "
                + "nothing in a checkpoint is executed; save the model's state_dict() instead");
    }

    private void Visit(object? value, string place, int depth)
    {
        if (++_visits > PickleReader.MostValues) throw SafetensorsHeader.Damaged(FileName, "has containers inside containers without end");
        if (depth > Deepest) return;
        switch (value)
        {
            case StoredTensor tensor: Add(place, tensor); break;
            case PickledArray array when array.ToTensor() is { } tensor: Add(place, tensor); break;
            case PickledArray: _refused[place] = "numpy.ndarray"; break;
            case PickledDictionary dictionary:
                foreach (var (name, item) in dictionary.Entries) Visit(item, Join(place, name), depth + 1);
                break;
            case PickledSequence { Items: [PickledSequence { Items: [string, _] }, ..] pairs }:
                foreach (var pair in pairs)
                {
                    if (pair is PickledSequence { Items: [var key, var item] } && PickledDictionary.Text(key) is { } name)
                        Visit(item, Join(place, name), depth + 1);
                }

                break;
            case PickledSequence sequence:
                for (var i = 0; i < sequence.Items.Count; i++) Visit(sequence.Items[i], Join(place, $"{i}"), depth + 1);
                break;
            case RefusedObject refused:
                _refused[place] = refused.Global.ToString();
                if (_refused.Count > MostNames) throw SafetensorsHeader.Damaged(FileName, $"has more than {MostNames} objects that are not read");
                if (refused.State is PickledDictionary) Visit(refused.State, place, depth + 1);
                break;
        }
    }

    private void Add(string place, StoredTensor tensor)
    {
        if (!_tensors.TryAdd(place, tensor)) throw SafetensorsHeader.Damaged(FileName, $"has two tensors named '{place}'");
        if (_tensors.Count > MostNames) throw SafetensorsHeader.Damaged(FileName, $"has more than {MostNames} tensors");
    }

    private StoredTensor Tensor(string name)
    {
        if (_tensors.TryGetValue(name, out var tensor)) return tensor;
        throw _refused.TryGetValue(name, out var global)
            ? SafetensorsHeader.Damaged(FileName, $"has an object of {global} as '{_place}{name}', which is refused: nothing in a checkpoint is executed")
            : SafetensorsHeader.Damaged(FileName, $"lacks the tensor '{_place}{name}'");
    }

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";
}
