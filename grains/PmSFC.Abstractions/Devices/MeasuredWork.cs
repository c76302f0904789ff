namespace PmSFC.Abstractions.Devices;

/// <summary>How far a leased item is, and what an iteration of it costs on the device that has it.</summary>
[GenerateSerializer, Immutable, Alias("pmsfc.MeasuredWork")]
public sealed record MeasuredWork
{
    /// <summary>Iterations done.</summary>
    [Id(0)]
    public required int Iteration { get; init; }

    /// <summary>Iterations in all.</summary>
    [Id(1)]
    public required int Iterations { get; init; }

    /// <summary>Seconds of the device for one iteration of this item: those of the batch's iteration, shared among the items of the batch.</summary>
    [Id(2)]
    public required double SecondsPerIteration { get; init; }
}
