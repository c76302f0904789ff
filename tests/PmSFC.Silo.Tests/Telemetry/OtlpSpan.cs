using Google.Protobuf;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>A span as it came over the wire (opentelemetry-proto, trace.proto).</summary>
internal sealed record OtlpSpan(
    string Name,
    string TraceId,
    string SpanId,
    string ParentId,
    ulong Start,
    ulong End,
    ulong Status,
    string[] LinkedTraces,
    IReadOnlyDictionary<string, string> Attributes
)
{
    public static IEnumerable<OtlpSpan> Read(byte[] request) =>
        from resource in new WireMessage(ByteString.CopyFrom(request)).Messages(1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new OtlpSpan(
            span.Text(5),
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Number(7),
            span.Number(8),
            span.Messages(15).Select(status => status.Number(3)).FirstOrDefault(),
            [.. span.Messages(13).Select(link => link.Hex(1))],
            span.Messages(9)
                .ToDictionary(
                    attribute => attribute.Text(1),
                    attribute =>
                        attribute.Messages(2).Select(value => value.Text(1) is { Length: > 0 } text ? text : $"{value.Number(3)}").First()
                )
        );
}
