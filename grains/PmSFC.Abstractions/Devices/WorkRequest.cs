namespace PmSFC.Abstractions.Devices;

/// <summary>Who wants a piece of work, and how much.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.WorkRequest")]
public sealed record WorkRequest
{
    /// <summary>The sweep that is notified of changes.</summary>
    [Id(0)]
    public required string SweepId { get; init; }

    /// <summary>Whose fair share it counts against.</summary>
    [Id(1)]
    public required string Owner { get; init; }

    /// <summary>Higher runs first.</summary>
    [Id(2)]
    public required int Priority { get; init; }

    /// <summary>Predicted memory of one job of a batch, in bytes.</summary>
    [Id(3)]
    public required long BytesPerJob { get; init; }

    /// <summary>W3C <c>traceparent</c> of the sweep's span, to which the work's trace links, or null.</summary>
    [Id(4)]
    public string? TraceParent { get; init; }

    /// <summary>How often the sweep was started: what failed runs again for a later start, and only then.</summary>
    [Id(5)]
    public int Round { get; init; }
}
