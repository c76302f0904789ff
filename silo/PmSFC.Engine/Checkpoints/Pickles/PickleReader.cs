using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace PmSFC.Engine.Checkpoints.Pickles;

/// <summary>
/// Reads pickles of protocols 0 to 5 as data. It executes nothing: it knows containers, numbers, text, tensors and numpy arrays, and turns every other
/// global into a <see cref="RefusedObject"/>. It does not recurse, copies no bytes, and makes no more values than the file has bytes and than
/// <see cref="MostValues"/>.
/// </summary>
/// <remarks>Opcodes as in CPython's pickletools.</remarks>
internal sealed class PickleReader
{
    /// <summary>More values than any checkpoint has, few enough to fit into memory.</summary>
    public const int MostValues = 2_000_000;

    private const long MostTextBytes = 256 << 20;
    private const int LongestNumber = 255,
        LongestLine = 1 << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private readonly ReadOnlyMemory<byte> _content;
    private readonly string _file;
    private readonly Func<object?, object?> _persistent;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _position;
    private int _values;
    private long _textBytes;

    private PickleReader(ReadOnlyMemory<byte> content, int position, string file, Func<object?, object?>? persistent)
    {
        (_content, _position, _file) = (content, position, file);
        _persistent = persistent ?? (_ => new RefusedObject(new PickledGlobal("persistent", "id")));
    }

    /// <summary>Reads one pickle.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="position">Where the pickle begins; afterwards the byte after it.</param>
    /// <param name="file">What error messages call the file.</param>
    /// <param name="persistent">What a persistent id stands for.</param>
    /// <exception cref="CheckpointException">The pickle is damaged or too large.</exception>
    public static object? Read(ReadOnlyMemory<byte> content, ref int position, string file, Func<object?, object?>? persistent = null)
    {
        var reader = new PickleReader(content, position, file, persistent);
        var value = reader.Run();
        position = reader._position;
        return value;
    }

    private object? Run()
    {
        while (true)
        {
            var opcode = (char)Take(1)[0];
            if (opcode == '.')
            {
                var value = Pop();
                return _stack.Count == 0 ? value : throw Damaged("it ends with values left over");
            }

            if (!Literal(opcode) && !Container(opcode) && !Object(opcode) && !Memo(opcode))
                throw Damaged($"0x{(int)opcode:x2} is no opcode that is read");
        }
    }

    private bool Literal(char opcode)
    {
        switch (opcode)
        {
            case 'N':
                Push(null);
                break;
            case '\x88':
                Push(true);
                break;
            case '\x89':
                Push(false);
                break;
            case 'K':
                Push((long)Take(1)[0]);
                break;
            case 'M':
                Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                break;
            case 'J':
                Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                break;
            case 'I':
                Push(Integer(Line()));
                break;
            case 'L':
                Push(Integer(Line().TrimEnd('L')));
                break;
            case '\x8a':
                Push(Integer(Take(Take(1)[0])));
                break;
            case '\x8b':
                Push(Integer(Take(Length(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)), LongestNumber))));
                break;
            case 'F':
                Push(Real(Line()));
                break;
            case 'G':
                Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                break;
            case 'S':
                Push(Quoted(Line()));
                break;
            case 'T' or 'B':
                Push(Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case 'U' or 'C':
                Push(Bytes(Take(1)[0]));
                break;
            case '\x8e' or '\x96':
                Push(Bytes(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))));
                break;
            case 'V':
                Push(RawUnicode(Line()));
                break;
            case '\x8c':
                Push(Text(Take(1)[0]));
                break;
            case 'X':
                Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case '\x8d':
                Push(Text(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))));
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Container(char opcode)
    {
        switch (opcode)
        {
            case '(':
                Count();
                _marks.Push(_stack.Count);
                break;
            case ')' or ']' or '\x8f':
                Push(new PickledSequence([]));
                break;
            case '}':
                Push(new PickledDictionary());
                break;
            case 't' or 'l' or '\x91':
                Push(new PickledSequence(PopToMark()));
                break;
            case '\x85':
                Push(new PickledSequence(Pop(1)));
                break;
            case '\x86':
                Push(new PickledSequence(Pop(2)));
                break;
            case '\x87':
                Push(new PickledSequence(Pop(3)));
                break;
            case 'd':
                var dictionary = new PickledDictionary();
                SetItems(dictionary, PopToMark());
                Push(dictionary);
                break;
            case 'a':
                Append(Pop(1));
                break;
            case 'e' or '\x90':
                Append(PopToMark());
                break;
            case 's':
                var pair = Pop(2);
                SetItems(Peek(), pair);
                break;
            case 'u':
                var pairs = PopToMark();
                SetItems(Peek(), pairs);
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Object(char opcode)
    {
        switch (opcode)
        {
            case 'c':
                var module = Line();
                Push(new PickledGlobal(module, Line()));
                break;
            case '\x93':
                var names = Pop(2);
                Push(new PickledGlobal(Name(names[0]), Name(names[1])));
                break;
            case 'R' or '\x81':
                var call = Pop(2);
                Push(PickleCalls.Call(call[0], Arguments(call[1])));
                break;
            case '\x92':
                var keyword = Pop(3);
                Push(PickleCalls.Call(keyword[0], Arguments(keyword[1])));
                break;
            case 'o':
                var parts = PopToMark();
                if (parts.Count == 0)
                    throw Damaged("an object has no class");
                Push(PickleCalls.Call(parts[0], parts.GetRange(1, parts.Count - 1)));
                break;
            case 'i':
                var instanceModule = Line();
                var instance = new PickledGlobal(instanceModule, Line());
                Push(PickleCalls.Call(instance, PopToMark()));
                break;
            case 'b':
                var state = Pop();
                Build(Peek(), state);
                break;
            case 'P':
                Push(_persistent(Line()));
                break;
            case 'Q':
                Push(_persistent(Pop()));
                break;
            case '\x82':
                Push(new RefusedObject(new PickledGlobal("copyreg extension", $"{Take(1)[0]}")));
                break;
            case '\x83':
                Push(new RefusedObject(new PickledGlobal("copyreg extension", $"{BinaryPrimitives.ReadUInt16LittleEndian(Take(2))}")));
                break;
            case '\x84':
                Push(new RefusedObject(new PickledGlobal("copyreg extension", $"{BinaryPrimitives.ReadInt32LittleEndian(Take(4))}")));
                break;
            default:
                return false;
        }

        return true;
    }

    private bool Memo(char opcode)
    {
        switch (opcode)
        {
            case '\x80':
                if (Take(1)[0] is var protocol and > 5)
                    throw Damaged($"its protocol is {protocol}, but 0 to 5 are read");
                break;
            case '\x95':
                Take(8);
                break;
            case 'p':
                _memo[Index(Line())] = Peek();
                break;
            case 'q':
                _memo[Take(1)[0]] = Peek();
                break;
            case 'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek();
                break;
            case '\x94':
                _memo[(uint)_memo.Count] = Peek();
                break;
            case 'g':
                Recall(Index(Line()));
                break;
            case 'h':
                Recall(Take(1)[0]);
                break;
            case 'j':
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case '0':
                // As in CPython, a mark on top is what is taken off.
                if (_marks.TryPeek(out var mark) && mark == _stack.Count)
                    _marks.Pop();
                else
                    Pop();
                break;
            case '1':
                PopToMark();
                break;
            case '2':
                Push(Peek());
                break;
            default:
                return false;
        }

        return true;
    }

    private void Recall(uint index) =>
        Push(_memo.TryGetValue(index, out var value) ? value : throw Damaged($"it recalls the value {index}, which it has not stored"));

    private void Append(List<object?> items)
    {
        switch (Peek())
        {
            case PickledSequence sequence:
                sequence.Items.AddRange(items);
                break;
            case RefusedObject:
                break;
            default:
                throw Damaged("something is appended to what is no list");
        }
    }

    private void SetItems(object? target, List<object?> pairs)
    {
        if (pairs.Count % 2 != 0)
            throw Damaged("a dictionary has a key without a value");
        if (target is RefusedObject)
            return;
        if (target is not PickledDictionary dictionary)
            throw Damaged("an item is set in what is no dictionary");
        for (var i = 0; i < pairs.Count; i += 2)
            dictionary.Set(pairs[i], pairs[i + 1]);
    }

    private static void Build(object? target, object? state)
    {
        if (target is RefusedObject refused)
            refused.State = state;
        else if (target is PickledArray array)
            array.SetState(state);
        else if (target is PickledDtype dtype)
            dtype.SetState(state);
    }

    private List<object?> Arguments(object? value) =>
        value is PickledSequence sequence ? sequence.Items : throw Damaged("a call has no tuple of arguments");

    private string Name(object? value) => PickledDictionary.Text(value) ?? throw Damaged("the name of a global is no text");

    private void Push(object? value)
    {
        Count();
        _stack.Add(value);
    }

    private void Count()
    {
        if (++_values > MostValues)
            throw SafetensorsHeader.Damaged(_file, $"has a pickle of more than {MostValues} values; a checkpoint has far fewer");
    }

    private object? Pop()
    {
        var value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private List<object?> Pop(int count)
    {
        var bottom = _marks.TryPeek(out var mark) ? mark : 0;
        if (_stack.Count - count < bottom)
            throw Damaged("it takes a value where there is none");
        return Cut(_stack.Count - count);
    }

    private List<object?> PopToMark() =>
        _marks.TryPop(out var mark) ? Cut(mark) : throw Damaged("it goes back to a mark where there is none");

    private List<object?> Cut(int from)
    {
        var top = _stack.GetRange(from, _stack.Count - from);
        _stack.RemoveRange(from, _stack.Count - from);
        return top;
    }

    private object? Peek()
    {
        var bottom = _marks.TryPeek(out var mark) ? mark : 0;
        return _stack.Count > bottom ? _stack[^1] : throw Damaged("it uses a value where there is none");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _content.Length - _position)
            throw Damaged("it is cut short");
        _position += count;
        return _content.Span.Slice(_position - count, count);
    }

    private int Length(ulong length, long most) =>
        length <= (ulong)Math.Min(most, _content.Length - _position)
            ? (int)length
            : throw Damaged(
                $"it has something {length} bytes long, but {_content.Length - _position} bytes are left and {most} may be, so the file is cut short or damaged; fetch it again"
            );

    private PickledBytes Bytes(ulong length)
    {
        var count = Length(length, int.MaxValue);
        Take(count);
        return new PickledBytes(_content.Slice(_position - count, count));
    }

    private string Text(ulong length)
    {
        var count = Length(length, MostTextBytes - _textBytes);
        _textBytes += count;
        return Utf8.GetString(Take(count));
    }

    private string Line()
    {
        var rest = _content.Span[_position..];
        var end = rest[..Math.Min(rest.Length, LongestLine)].IndexOf((byte)'\n');
        if (end < 0)
            throw Damaged("a line does not end");
        _textBytes += end;
        if (_textBytes > MostTextBytes)
            throw Damaged("it has too much text");
        _position += end + 1;
        return Encoding.Latin1.GetString(rest[..end]).TrimEnd('\r');
    }

    private uint Index(string line) =>
        uint.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : throw Damaged("an index is no number");

    private object Integer(string line)
    {
        if (line is "00" or "01")
            return line == "01";
        if (long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small))
            return small;
        if (
            line.Length <= LongestNumber
            && BigInteger.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var large)
        )
            return large;
        throw Damaged("an integer is no number");
    }

    private static object Integer(ReadOnlySpan<byte> littleEndian)
    {
        var value = new BigInteger(littleEndian);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private double Real(string line) =>
        double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : throw Damaged("a number is none");

    private PickledBytes Quoted(string line)
    {
        if (line.Length < 2 || line[0] is not ('\'' or '"') || line[^1] != line[0])
            throw Damaged("a string has no quotes");
        var inner = line.AsSpan(1, line.Length - 2);
        var bytes = new List<byte>(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\' || i + 1 == inner.Length)
            {
                bytes.Add((byte)inner[i]);
                continue;
            }

            var escape = inner[++i];
            if (
                escape == 'x'
                && i + 2 < inner.Length
                && byte.TryParse(inner.Slice(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)
            )
            {
                bytes.Add(hex);
                i += 2;
            }
            else
            {
                bytes.Add(
                    (byte)(
                        escape switch
                        {
                            'n' => '\n',
                            'r' => '\r',
                            't' => '\t',
                            _ => escape,
                        }
                    )
                );
            }
        }

        return new PickledBytes(bytes.ToArray());
    }

    private static string RawUnicode(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal))
            return line;
        var text = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (
                line[i] == '\\'
                && i + 5 < line.Length
                && line[i + 1] == 'u'
                && ushort.TryParse(line.AsSpan(i + 2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit)
            )
            {
                text.Append((char)unit);
                i += 5;
            }
            else
            {
                text.Append(line[i]);
            }
        }

        return text.ToString();
    }

    private CheckpointException Damaged(string what) => new($"{_file} has a damaged pickle: {what} (at byte {_position}).");
}
