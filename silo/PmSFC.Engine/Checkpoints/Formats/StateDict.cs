using System.Text.RegularExpressions;
using PmSFC.Engine.Checkpoints.Numpy;
using PmSFC.Engine.Checkpoints.Pickles;

namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>
/// The named tensors of a checkpoint: safetensors, PyTorch's zip and legacy files, plain pickles and numpy's archives alike. Nothing in a file is
/// executed. Elements are read when they are asked for, and only then a type of elements or an object that is not read is an error. A tensor inside a
/// container has the container's name and <c>/</c> before its own; items of a list have their numbers.
/// </summary>
public sealed partial class StateDict
{
    private const int MostNames = 20_000,
        Deepest = 16,
        MostAttributes = 100_000,
        WidestGap = 18,
        LongestSearch = 1 << 20;

    private readonly Dictionary<string, Item> _items = new(StringComparer.Ordinal);
    private readonly HashSet<string> _literals = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _attributes = new(StringComparer.Ordinal);
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);
    private readonly string _place;
    private int _visits,
        _tensors,
        _modules;
    private bool _isDeeper;
    private StateDict? _whole;

    private StateDict(string fileName, IReadOnlyDictionary<string, string>? metadata = null, string place = "") =>
        (FileName, Metadata, _place) = (fileName, metadata ?? new Dictionary<string, string>(), place);

    /// <summary>The name that error messages give to the file.</summary>
    public string FileName { get; }

    /// <summary>The text pairs of a safetensors file; empty for any other.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the file is a safetensors file of floating-point numbers alone, as the project writes them.</summary>
    public bool IsFloatSafetensors { get; private init; }

    /// <summary>Whether <c>torch.load</c> reads the file.</summary>
    internal bool IsTorch { get; private init; }

    /// <summary>Whether the file holds a list or a tuple, whose items have numbers as names.</summary>
    internal bool IsList { get; private set; }

    /// <summary>Everything that the file holds, of which this may be a part.</summary>
    internal StateDict Whole => _whole ?? this;

    /// <summary>The names of its tensors.</summary>
    public IReadOnlyCollection<string> Names => [.. _items.Where(item => item.Value.Tensor is not null).Select(item => item.Key)];

    /// <summary>What was not read, as place and Python name or type, for example <c>config</c> and <c>models.utils.config.BaseConfig</c>.</summary>
    public IReadOnlyDictionary<string, string> Refused =>
        _items
            .Where(item => item.Value.Unread is not null)
            .ToDictionary(item => item.Key, item => item.Value.Unread!.Name, StringComparer.Ordinal);

    /// <summary>The names of its tensors and of what is not read.</summary>
    internal IReadOnlyCollection<string> Places => _items.Keys;

    /// <summary>Reads a file of any of the formats, told apart by its content.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="CheckpointException">The file is damaged, of a format that is not read, which is named, or holds objects where tensors are needed.</exception>
    public static StateDict Read(ReadOnlyMemory<byte> content, string name) =>
        CheckpointFormats.Of(content.Span) switch
        {
            CheckpointFormat.Safetensors => FromSafetensors(SafetensorsFile.Read(content, name)),
            CheckpointFormat.Zip => FromArchive(CheckpointArchive.Open(content, name), name),
            CheckpointFormat.Pickle => FromPickle(content, name),
            _ => throw SafetensorsHeader.Damaged(name, ForeignFile.Describe(content.Span, name)),
        };

    /// <summary>Whether there is a tensor of that name, or something that is not read in its place.</summary>
    public bool Contains(string name) => _items.ContainsKey(name);

    /// <summary>A tensor's sizes, outermost first; empty for a scalar.</summary>
    /// <exception cref="CheckpointException">There is no such tensor.</exception>
    public IReadOnlyList<long> Shape(string name) => Tensor(name).Tensor.Shape;

    /// <summary>A tensor's elements in row-major order, as single precision.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="CheckpointException">The tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public float[] ReadFloats(string name, params ReadOnlySpan<long> shape)
    {
        var (tensor, place) = Tensor(name, shape);
        var values = tensor.ReadFloats(FileName, place);
        var bad = Array.FindIndex(values, value => !float.IsFinite(value));
        return bad < 0 ? values : throw NotFinite(values[bad], place, bad);
    }

    /// <summary>A tensor's elements in row-major order, as double precision.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="CheckpointException">The tensor is missing, has another shape, or holds a value that is not finite.</exception>
    public double[] ReadDoubles(string name, params ReadOnlySpan<long> shape)
    {
        var (tensor, place) = Tensor(name, shape);
        var values = tensor.ReadDoubles(FileName, place);
        var bad = Array.FindIndex(values, value => !double.IsFinite(value));
        return bad < 0 ? values : throw NotFinite(values[bad], place, bad);
    }

    /// <summary>
    /// The number of layers in a row: of the names of their weights from 0 on, those that there are. Another tensor of a layer after them is an error, since
    /// a weight is missing then.
    /// </summary>
    /// <param name="weight">The name of a layer's weight, from 0 on.</param>
    /// <exception cref="CheckpointException">A weight is missing.</exception>
    internal int CountInARow(Func<int, string> weight)
    {
        var count = Enumerable.Range(0, _items.Count).TakeWhile(i => Contains(weight(i))).Count();
        for (var i = count; i <= count + WidestGap; i++)
        {
            var stem = WeightEnd().Replace(weight(i), "");
            if (Places.FirstOrDefault(place => place.StartsWith(stem, StringComparison.Ordinal)) is { } rest)
                throw SafetensorsHeader.Damaged(
                    FileName,
                    $"lacks the tensor '{weight(count)}', though it has '{rest}'; save the whole generator, without norms or masks on its weights"
                );
        }

        return count;
    }

    /// <summary>What to throw where a tensor has other sizes than are needed.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="needed">The sizes, for example <c>[any, 3, 3]</c>.</param>
    internal CheckpointException WrongShape(string name, string needed) => WrongShape(Tensor(name), needed);

    /// <summary>
    /// A number, a truth value or text that a module keeps next to its tensors, in the pickles of whole modules whose objects are read as data; null where
    /// there is none.
    /// </summary>
    /// <param name="name">Its name after that of its module, for example <c>conv1.conv_clamp</c>.</param>
    internal object? Attribute(string name) => Whole._attributes.GetValueOrDefault(_place + name);

    /// <summary>The classes of modules that were read as data, by their places in the file.</summary>
    internal IReadOnlyDictionary<string, string> Classes => Whole._classes;

    /// <summary>The class of the outermost module that these tensors are a part of; null where they are a whole module's, or there is none.</summary>
    internal string? OuterClass =>
        Whole
            ._classes.Where(module => IsInside(_place.TrimEnd('/', '.'), module.Key))
            .OrderBy(module => module.Key.Length)
            .Select(module => module.Value)
            .FirstOrDefault();

    /// <summary>Whether a name stands for a whole module.</summary>
    internal bool IsModule(string name) => _items[name].Unread is { Kind: UnreadKind.Module };

    /// <summary>Whether Python writes the last part of a container's name without quotes: the place in a list, or a key that is no text.</summary>
    internal bool IsLiteral(string container) => _literals.Contains(container);

    /// <summary>What to say of a whole module in the file, which hides the names of its tensors.</summary>
    /// <returns>A relative clause about the file; null where there is none.</returns>
    internal string? DescribeModule() =>
        _items
            .Where(item => item.Value.Unread is { Kind: UnreadKind.Module })
            .Select(item => item.Value.Unread!.Describe(item.Key))
            .FirstOrDefault();

    /// <summary>Whether a place is inside of a module or container that has another.</summary>
    internal static bool IsInside(string place, string outer) =>
        place.Length > outer.Length
        && place.StartsWith(outer, StringComparison.Ordinal)
        && (outer.Length == 0 || place[outer.Length] is '.' or '/');

    /// <summary>Some of the tensors under other names.</summary>
    /// <param name="names">For each new name the name here.</param>
    /// <param name="place">What error messages put before the new name of a tensor that is missing.</param>
    internal StateDict Select(IEnumerable<KeyValuePair<string, string>> names, string place)
    {
        var selected = new StateDict(FileName, Metadata, _place + place) { IsFloatSafetensors = IsFloatSafetensors, _whole = Whole };
        foreach (var (name, here) in names)
            selected._items[name] = _items[here];
        return selected;
    }

    /// <summary>Whether two names stand for equal elements of equal shape.</summary>
    /// <exception cref="CheckpointException">One of them cannot be read.</exception>
    internal bool AreEqual(string one, string other)
    {
        var (a, b) = (_items[one], _items[other]);
        if (ReferenceEquals(a.Tensor, b.Tensor))
            return a.Unread == b.Unread;
        if (a.Tensor is null || b.Tensor is null || !a.Tensor.Shape.SequenceEqual(b.Tensor.Shape))
            return false;
        return a.Tensor.ReadFloats(FileName, one).AsSpan().SequenceEqual(b.Tensor.ReadFloats(FileName, other));
    }

    private static StateDict FromSafetensors(SafetensorsFile file)
    {
        var entries = file.Header.Entries.Values;
        var state = new StateDict(file.Header.FileName, file.Header.Metadata)
        {
            IsFloatSafetensors = entries.All(entry => entry.Dtype is "F32" or "F64" or "F16" or "BF16"),
        };
        foreach (var entry in entries)
        {
            if (ElementTypes.OfSafetensors(entry.Dtype) is { } type)
            {
                var storage = new TensorStorage(type, entry.Elements, ByteOrder.Little, () => file.Bytes(entry));
                state.Add(entry.Name, StoredTensor.RowMajor(storage, [.. entry.Shape]));
            }
            else
            {
                state.Refuse(entry.Name, new UnreadItem(UnreadKind.ElementType, entry.Dtype));
            }
        }

        return state;
    }

    private static StateDict FromArchive(CheckpointArchive archive, string name)
    {
        var folders = TorchFile.Folders(archive);
        var state = new StateDict(name) { IsTorch = folders.Count == 1 };
        if (folders.Count == 0)
        {
            state.AddArrays(archive);
            return state._items.Count > 0
                ? state.OrEmpty()
                : throw SafetensorsHeader.Damaged(name, ForeignFile.DescribeArchive(archive, name));
        }

        // An archive of several checkpoints is a container of each folder's.
        foreach (var folder in folders)
            state.Visit(TorchFile.ReadFolder(archive, folder, name), folders.Count == 1 ? "" : folder.TrimEnd('/'), 0);
        return state.OrEmpty();
    }

    private static StateDict FromPickle(ReadOnlyMemory<byte> content, string name)
    {
        var state = new StateDict(name) { IsTorch = TorchFile.IsLegacy(content.Span) };
        try
        {
            state.Visit(TorchFile.ReadPickle(content, name), "", 0);
        }
        catch (CheckpointException) when (content.Span[..Math.Min(content.Length, LongestSearch)].IndexOf("joblib.numpy_pickle"u8) >= 0)
        {
            throw SafetensorsHeader.Damaged(
                name,
                "is a file of joblib, whose arrays are no part of its pickle; load it with joblib and save its arrays under their names with numpy.savez"
            );
        }
        catch (CheckpointException) when (ForeignFile.IsText(content.Span) && !CheckpointFormats.IsSurelyOldPickle(content.Span))
        {
            // Text that happens to begin as an old pickle does.
            throw SafetensorsHeader.Damaged(name, ForeignFile.Describe(content.Span, name));
        }

        return state.OrEmpty();
    }

    private StateDict OrEmpty()
    {
        if (_items.Count == 1 && _items.ContainsKey("") && _tensors == 1)
            throw SafetensorsHeader.Damaged(
                FileName,
                "is one tensor without a name; save all tensors of the network under their names: torch.save(module.state_dict(), FILE)"
            );
        if (_tensors > 0)
            return this;
        if (_isDeeper)
            throw SafetensorsHeader.Damaged(
                FileName,
                $"holds no tensors in the outer {Deepest} of its containers inside containers; save the network's state_dict() alone"
            );
        var unread = _items.FirstOrDefault(item => item.Value.Unread!.Kind is not UnreadKind.Object);
        throw SafetensorsHeader.Damaged(
            FileName,
            unread.Value is not null ? unread.Value.Unread!.Describe(unread.Key)
                : _items.Count == 0 ? "holds no tensors"
                : $"holds no tensors, but objects of {string.Join(", ", Refused.Values.Distinct(StringComparer.Ordinal).Take(5))}, which are refused: "
                    + "nothing in a checkpoint is executed; save the model's state_dict() instead"
        );
    }

    private void AddArrays(CheckpointArchive archive)
    {
        const string Extension = ".npy";
        foreach (var record in archive.Names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal)))
        {
            var name = record[..^Extension.Length];
            var array = NpyArray.Read(archive.Begin(record, NpyArray.LongestBeginning), archive.Length(record), problem =>
                SafetensorsHeader.Damaged(FileName, $"holds an '{record}' {problem}")
            );
            if (array.ToTensor(() => archive.Read(record)) is { } tensor)
                Add(name, tensor);
            else
                Refuse(name, new UnreadItem(UnreadKind.ElementType, $"NumPy's type {array.Type}"));
        }
    }

    private void Visit(object? value, string place, int depth)
    {
        if (++_visits > PickleReader.MostValues)
            throw SafetensorsHeader.Damaged(FileName, "has containers inside containers without end");
        _isDeeper |= depth > Deepest;
        if (depth > Deepest || (value is PickledDictionary or PickledSequence or RefusedObject or PickledModule && !_open.Add(value)))
            return;
        switch (value)
        {
            case StoredTensor tensor:
                Add(place, tensor);
                break;
            case PickledArray array when array.ToTensor() is { } tensor:
                Add(place, tensor);
                break;
            case PickledArray array:
                Refuse(place, array.Unread);
                break;
            case PickledDictionary dictionary:
                foreach (var (name, item) in dictionary.Entries)
                {
                    if (item is (PickledDictionary or PickledSequence or RefusedObject) && dictionary.IsLiteral(name))
                        _literals.Add(Join(place, name));
                    Visit(item, Join(place, name), depth + 1);
                }

                break;
            case PickledSequence { Items: [PickledSequence { Items: [string, _] }, ..] pairs }:
                foreach (var pair in pairs)
                {
                    if (pair is PickledSequence { Items: [var key, var item] } && PickledDictionary.Text(key) is { } name)
                        Visit(item, Join(place, name), depth + 1);
                }

                break;
            case PickledSequence sequence:
                IsList |= place.Length == 0;
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    if (sequence.Items[i] is PickledDictionary or PickledSequence or RefusedObject)
                        _literals.Add(Join(place, $"{i}"));
                    Visit(sequence.Items[i], Join(place, $"{i}"), depth + 1);
                }

                break;
            case PickledModule module:
                VisitModule(module, place, depth);
                break;
            case RefusedObject { Kind: UnreadKind.Module, State: PickledDictionary members } plain when _modules > 0:
                VisitModule(new PickledModule(plain.Global.Name, members), place, depth);
                break;
            case RefusedObject refused:
                Refuse(
                    place,
                    new UnreadItem(refused.Kind, refused.Kind is UnreadKind.ElementType ? refused.Global.Name : refused.Global.ToString())
                );
                if (refused is { Kind: UnreadKind.Object, State: PickledDictionary })
                    Visit(refused.State, place, depth + 1);
                break;
        }

        if (value is not null)
            _open.Remove(value);
    }

    /// <summary>A module's tensors have names as in its <c>state_dict()</c>.</summary>
    private void VisitModule(PickledModule module, string place, int depth)
    {
        _classes[place] = module.ClassName;
        var isInner = _modules++ > 0;
        foreach (var group in (string[])["_parameters", "_buffers", "_modules"])
        {
            if (module.State.Get(group) is not PickledDictionary members)
                continue;
            foreach (var (name, member) in members.Entries)
                Visit(member, Inside(name), depth + 1);
        }

        foreach (var (name, value) in module.State.Entries)
        {
            if (value is not (long or double or bool or string) || name.StartsWith('_'))
                continue;
            _attributes[Inside(name)] = value;
            if (_attributes.Count > MostAttributes)
                throw SafetensorsHeader.Damaged(FileName, $"has more than {MostAttributes} settings of modules");
        }

        _modules--;

        string Inside(string name) => place.Length == 0 ? name : (isInner ? $"{place}.{name}" : $"{place}/{name}");
    }

    private void Add(string place, StoredTensor tensor)
    {
        if (!_items.TryAdd(place, new Item(place, tensor, null)))
            throw SafetensorsHeader.Damaged(FileName, $"has two tensors named '{place}'");
        if (++_tensors > MostNames)
            throw SafetensorsHeader.Damaged(FileName, $"has more than {MostNames} tensors");
    }

    private void Refuse(string place, UnreadItem unread)
    {
        _items.TryAdd(place, new Item(place, null, unread));
        if (_items.Count - _tensors > MostNames)
            throw SafetensorsHeader.Damaged(FileName, $"has more than {MostNames} objects that are not read");
    }

    private (StoredTensor Tensor, string Place) Tensor(string name, ReadOnlySpan<long> shape)
    {
        var found = Tensor(name);
        return shape.SequenceEqual(found.Tensor.Shape.ToArray())
            ? found
            : throw WrongShape(found, $"[{string.Join(", ", shape.ToArray())}]");
    }

    private CheckpointException WrongShape((StoredTensor Tensor, string Place) found, string needed) =>
        SafetensorsHeader.Damaged(
            FileName,
            $"holds '{found.Place}' with shape [{string.Join(", ", found.Tensor.Shape)}], but {needed} is needed"
        );

    private (StoredTensor Tensor, string Place) Tensor(string name)
    {
        if (!_items.TryGetValue(name, out var item))
            throw SafetensorsHeader.Damaged(FileName, $"lacks the tensor '{_place}{name}'");
        return item.Tensor is { } tensor
            ? (tensor, item.Place)
            : throw SafetensorsHeader.Damaged(FileName, item.Unread!.Describe(item.Place));
    }

    private CheckpointException NotFinite(double value, string place, int element) =>
        SafetensorsHeader.Damaged(FileName, $"holds {value} in '{place}' at element {element}; weights must be finite numbers");

    private static string Join(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";

    [GeneratedRegex("(?<=[./])(?:conv[./])?weight$")]
    private static partial Regex WeightEnd();

    /// <summary>Something with a name: a tensor, or what is not read.</summary>
    /// <param name="Place">Its name in the file.</param>
    /// <param name="Tensor">The tensor.</param>
    /// <param name="Unread">What it is otherwise.</param>
    private sealed record Item(string Place, StoredTensor? Tensor, UnreadItem? Unread);
}
