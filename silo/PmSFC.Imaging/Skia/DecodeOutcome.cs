namespace PmSFC.Imaging.Skia;

/// <summary>What came of decoding.</summary>
internal enum DecodeOutcome
{
    /// <summary>The decoder cannot make sense of the content, or does not know its kind.</summary>
    Unreadable,

    /// <summary>The content ends before the last pixel.</summary>
    EndsEarly,

    /// <summary>Every pixel was decoded.</summary>
    Whole,
}
