using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Client.Results;

/// <summary>Where the numbers of a table's row come from.</summary>
public static class RowSource
{
    /// <summary>From stored images; a network, where the method has one, was imported from its authors' weights.</summary>
    public const string Measured = "measured";

    /// <summary>From stored images; the method's network was trained here, on other data or for less long than its authors', also where its file was imported.</summary>
    public const string Retrained = "measured-retrained";

    /// <summary>From the paper, on its data set and its generator.</summary>
    public const string Paper = "paper";

    /// <summary>The source of a cell's numbers.</summary>
    public static string Of(SweepCell cell) => cell.Network is { Weights: null } or { Weights.TrainedHere: true } ? Retrained : Measured;
}
