using PmSFC.Client.Gates;

namespace PmSFC.Client.Evaluations;

/// <summary>The verdict of a gate on a row, as stored.</summary>
public sealed record EvaluatedGate
{
    /// <summary>The gate as it is written.</summary>
    public required string Gate { get; init; }

    /// <summary>The row's label.</summary>
    public required string Label { get; init; }

    /// <summary>Whether the interval excludes the gate.</summary>
    public required bool Failed { get; init; }

    /// <summary>Mean difference to the earlier evaluation, in the metric's unit.</summary>
    public required double Mean { get; init; }

    /// <summary>Lower end of the interval of the mean difference.</summary>
    public required double Low { get; init; }

    /// <summary>Upper end of the interval of the mean difference.</summary>
    public required double High { get; init; }

    /// <summary>Images that both have a number for.</summary>
    public required int Pairs { get; init; }

    /// <summary>What is stored of a verdict.</summary>
    public static EvaluatedGate Of(GateVerdict verdict) =>
        new()
        {
            Gate = verdict.Gate.Text,
            Label = verdict.Row.Label,
            Failed = verdict.Failed,
            Mean = verdict.Difference.Mean,
            Low = verdict.Difference.Low!.Value,
            High = verdict.Difference.High!.Value,
            Pairs = verdict.Row.Pairs.Length,
        };
}
