using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.StyleGan2;

/// <summary>The largest absolute value of maps and of RGB images, as numbers that stay alive while libtorch reads them.</summary>
internal sealed class Limit
{
    private readonly Scalar _least,
        _most;

    private Limit(int clamp) => (_least, _most) = (-clamp, clamp);

    /// <summary>That of a generator; null where it has none.</summary>
    public static Limit? Of(StyleGan2Architecture architecture) => architecture.Clamp > 0 ? new Limit(architecture.Clamp) : null;

    /// <summary>Maps with the nearest allowed value for each that is not. A new map, since an activation's derivative needs its own.</summary>
    public static Tensor Apply(Limit? limit, Tensor maps) => limit is null ? maps : maps.clamp(limit._least, limit._most);
}
