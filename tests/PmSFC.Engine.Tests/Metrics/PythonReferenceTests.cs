using System.Text.Json;
using PmSFC.Imaging;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class PythonReferenceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-metrics-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TheoryNeeding<Reference.WithPillow>]
    [InlineData(64, 64, 5)]
    [InlineData(11, 40, 60)]
    [InlineData(97, 31, 25)]
    public void Measure_NoisyPicture_AgreesWithNumpy(int width, int height, int noise)
    {
        RgbImage reference = TestImages.Waves(width, height, 10, 1),
            image = TestImages.Waves(width, height, noise, 2);

        var expected = Ask(reference, image);

        expected.Keys.ShouldBe(["psnr", "ssim", "ssim-y", "psnr-y", "auc"]);
        foreach (var (name, value) in expected)
            EngineCatalog.BuiltIn.Metrics[name].Measure(reference, image).ShouldBe(value, 1e-9, name);
    }

    private Dictionary<string, double> Ask(RgbImage reference, RgbImage image)
    {
        string[] paths = [Path.Combine(_folder.FullName, "reference.png"), Path.Combine(_folder.FullName, "image.png")];
        ImageFile.WritePng(reference, paths[0]);
        ImageFile.WritePng(image, paths[1]);
        return Reference.Ask("metrics.py", paths).Deserialize<Dictionary<string, double>>()!;
    }
}
