namespace PmSFC.Silo.Measuring;

/// <summary>What becomes of stored numbers that were measured with other files of weights than those at hand.</summary>
public enum OtherWeights
{
    /// <summary>They stay, and are counted.</summary>
    Keep,

    /// <summary>They are set aside and measured with the weights at hand.</summary>
    MeasureAgain,
}
