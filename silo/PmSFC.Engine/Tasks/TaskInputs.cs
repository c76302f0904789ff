using PmSFC.Engine.Settings;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>What a task is bound to.</summary>
public sealed record TaskInputs
{
    /// <summary>Settings of the task.</summary>
    public required ResolvedSettings Settings { get; init; }

    /// <summary>Width and height of images, in pixels.</summary>
    public required int Resolution { get; init; }

    /// <summary>Where images are.</summary>
    public required Device Device { get; init; }

    /// <summary>Type of images.</summary>
    public ScalarType Dtype { get; init; } = ScalarType.Float32;

    /// <summary>The images that settings name, by their content ids.</summary>
    public IReadOnlyDictionary<string, RgbImage> Images { get; init; } = new Dictionary<string, RgbImage>();
}
