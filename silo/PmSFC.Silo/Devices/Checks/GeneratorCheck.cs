using static PmSFC.Silo.Devices.Checks.Differences;
using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>Images of the bundled generator, its discriminator's features of them, the gradient of its codes, and whether company changes an image.</summary>
internal sealed class GeneratorCheck : IDeviceCheck
{
    private const int Images = 4;
    private const double AllowedForward = 1e-4,
        AllowedGradient = 1e-3;

    public string Name => "generator";

    public IReadOnlyList<CheckResult> Run(CheckSubject subject)
    {
        var known = KnownAnswers.Stored;
        var z = subject.Numbers(1, Images, subject.Generator.Architecture.LatentSize).requires_grad_();
        var images = subject.Generator.Forward(z);
        var cotangent = subject.Numbers(2, images.shape);
        var gradient = autograd.grad([(images * cotangent).sum()], [z])[0];
        using var off = no_grad();
        var features = subject.Perceptual.Features(images);
        var alone = cat([.. Enumerable.Range(0, Images).Select(image => subject.Generator.Forward(z.narrow(0, image, 1)))], 0);
        return
        [
            new("forward", Compare(images, known.Forward), AllowedForward),
            new("features", Compare(features, known.Features), AllowedForward),
            new("gradient", Compare(gradient, known.Gradient), AllowedGradient),
            new("batch as single images", OfLargest(Numbers(images), Numbers(alone)), AllowedForward),
        ];
    }

    private static double Compare(Tensor tensor, double[] known) => OfLargest(Chosen(Numbers(tensor), known.Length), known);
}
