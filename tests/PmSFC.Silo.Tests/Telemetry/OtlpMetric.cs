using Google.Protobuf;

namespace PmSFC.Silo.Tests.Telemetry;

/// <summary>A metric as it came over the wire (opentelemetry-proto, metrics.proto). Its exemplars are the traces that it names, by the values of a point's attributes.</summary>
internal sealed record OtlpMetric(
    string Name,
    string Unit,
    string Kind,
    IReadOnlyList<string> Attributes,
    ILookup<string, string> Exemplars
)
{
    private const int Gauge = 5,
        Sum = 7,
        IsMonotonic = 3;

    public static IEnumerable<OtlpMetric> Read(byte[] request) =>
        from resource in new WireMessage(ByteString.CopyFrom(request)).Messages(1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        let gauge = metric.Messages(Gauge).ToArray()
        let points = gauge.Concat(metric.Messages(Sum)).SelectMany(data => data.Messages(1))
        select new OtlpMetric(
            metric.Text(1),
            metric.Text(3),
            gauge.Length > 0 ? "gauge"
                : metric.Messages(Sum).Any(sum => sum.Number(IsMonotonic) != 0) ? "counter"
                : "up-down counter",
            [.. points.SelectMany(point => point.Messages(7)).Select(attribute => attribute.Text(1)).Distinct()],
            (
                from point in points
                let values = string.Join(' ', point.Messages(7).Select(attribute => attribute.Messages(2).Single().Text(1)))
                from exemplar in point.Messages(5)
                select (values, Trace: exemplar.Hex(5))
            ).ToLookup(found => found.values, found => found.Trace)
        );
}
