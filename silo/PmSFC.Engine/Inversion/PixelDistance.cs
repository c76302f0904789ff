namespace PmSFC.Engine.Inversion;

/// <summary>How a loss compares pixels.</summary>
internal enum PixelDistance
{
    /// <summary>Squared differences.</summary>
    Squared,

    /// <summary>Absolute differences.</summary>
    Absolute,
}
