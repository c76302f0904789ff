using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual.Trunks;

/// <summary>The scale in which torchvision's classifiers take images.</summary>
internal static class ImageNet
{
    /// <summary>Means (0.485, 0.456, 0.406) and deviations (0.229, 0.224, 0.225) of ImageNet's colours, moved from 0…1 to −1…1.</summary>
    private static readonly float[] Mean = [-0.030f, -0.088f, -0.188f],
        Deviation = [0.458f, 0.448f, 0.450f];

    /// <param name="images">[N, 3, H, W], range −1 to 1.</param>
    public static Tensor Normalize(Tensor images)
    {
        using var scope = NewDisposeScope();
        return ((images - PerChannel(Mean, images)) / PerChannel(Deviation, images)).MoveToOuterDisposeScope();
    }

    private static Tensor PerChannel(float[] values, Tensor like) =>
        tensor(values, dtype: like.dtype, device: like.device).view(1, 3, 1, 1);
}
