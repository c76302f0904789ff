using SkiaSharp;

namespace PmSFC.Imaging;

/// <summary>Embedded ICC profiles.</summary>
internal static class ColourProfile
{
    /// <summary>Whether a profile describes sRGB (IEC 61966-2-1), to the tolerance that Skia has for it.</summary>
    public static bool IsSrgb(byte[] icc)
    {
        using var profile = SKColorSpaceIccProfile.Create(icc);
        if (profile is null)
            return false;
        using var space = SKColorSpace.CreateIcc(profile);
        return space is { IsSrgb: true };
    }
}
