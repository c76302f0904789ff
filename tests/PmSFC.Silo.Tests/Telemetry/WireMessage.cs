using Google.Protobuf;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>A protobuf message without its schema: the fields by their numbers.</summary>
internal sealed class WireMessage
{
    private readonly ILookup<int, ByteString> _fields;
    private readonly ILookup<int, ulong> _numbers;

    public WireMessage(ByteString content)
    {
        var input = content.CreateCodedInput();
        var fields = new List<(int Number, ByteString Value)>();
        var numbers = new List<(int Number, ulong Value)>();
        for (uint tag; (tag = input.ReadTag()) != 0; )
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.LengthDelimited:
                    fields.Add((number, input.ReadBytes()));
                    break;
                case WireFormat.WireType.Varint:
                    numbers.Add((number, input.ReadUInt64()));
                    break;
                case WireFormat.WireType.Fixed64:
                    numbers.Add((number, input.ReadFixed64()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        _fields = fields.ToLookup(field => field.Number, field => field.Value);
        _numbers = numbers.ToLookup(field => field.Number, field => field.Value);
    }

    public IEnumerable<WireMessage> Messages(int field) => _fields[field].Select(value => new WireMessage(value));

    public string Text(int field) => _fields[field].FirstOrDefault()?.ToStringUtf8() ?? "";

    public string Hex(int field) => Convert.ToHexStringLower((_fields[field].FirstOrDefault() ?? ByteString.Empty).Span);

    public ulong Number(int field) => _numbers[field].FirstOrDefault();
}
