using PmSFC.Engine.Images;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Tests.Metrics;
using PmSFC.Engine.Tests.Support;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Perceptual;

public sealed class PerceptualNetworksTests(RandomTrunks trunks) : IClassFixture<RandomTrunks>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-perceptual-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ReferenceTheory]
    [InlineData("vgg", "vgg16", 20)]
    [InlineData("squeeze", "squeezenet1_1", 32)]
    public void Features_RandomWeights_AgreeWithPyTorchInLossAndGradient(string trunk, string name, int side)
    {
        RgbImage reference = TestImages.Waves(side, side, 10, 1), image = TestImages.Waves(side, side, 60, 2);
        string[] paths = [Path.Combine(_folder.FullName, "a.png"), Path.Combine(_folder.FullName, "b.png")];
        ImageFile.WritePng(reference, paths[0]);
        ImageFile.WritePng(image, paths[1]);
        var expected = Reference.Ask("lpips.py", [trunk, trunks.File(trunk), "--features", .. paths]);

        using var network = PerceptualNetworks.Load(File.ReadAllBytes(trunks.File(trunk)), "it", CPU);
        network.Name.ShouldBe(name);
        using var scope = NewDisposeScope();
        var images = ImageTensors.ToTensor([image], CPU).requires_grad_();
        var loss = (network.Features(ImageTensors.ToTensor([reference], CPU)) - network.Features(images)).abs().mean();
        loss.backward();

        loss.item<float>().ShouldBe(expected.GetProperty("loss").GetSingle(), 1e-4f * expected.GetProperty("loss").GetSingle());
        var gradient = images.grad!.flatten().data<float>().ToArray();
        var known = expected.GetProperty("gradient").EnumerateArray().Select(value => value.GetSingle()).ToArray();
        var scale = Math.Sqrt(known.Sum(value => value * value));
        Math.Sqrt(known.Zip(gradient, (a, b) => (a - b) * (a - b)).Sum()).ShouldBeLessThan(1e-3 * scale);
    }

    [Fact]
    public void Read_Discriminator_IsFoundByItsTensors()
    {
        var architecture = PerceptualNetworks.Read(Repository.BundledDiscriminator, "it");

        (architecture.Name, architecture.OnlyResolution).ShouldBe(("discriminator", 64));
    }

    [ReferenceFact]
    public void Read_AlexNet_IsRefused() =>
        Should.Throw<CheckpointException>(() => PerceptualNetworks.Read(File.ReadAllBytes(trunks.File("alex")), "alexnet.pth")).Message
            .ShouldStartWith("alexnet.pth holds neither a discriminator");

    [Fact]
    public void Cost_Vgg16_IsThatOfItsLayersAt256Pixels()
    {
        // Multiply-adds of seven convolutions: pixels × inputs × outputs × 9.
        double[] expected = [65536.0 * 3 * 64, 65536.0 * 64 * 64, 16384.0 * 64 * 128, 16384.0 * 128 * 128, 4096.0 * 128 * 256, 4096.0 * 256 * 256, 4096.0 * 256 * 256];

        TrunkFeaturesArchitecture.Vgg16.Cost(64).MultiplyAdds.ShouldBe(9 * expected.Sum());
        TrunkFeaturesArchitecture.Vgg16.Weights.ShouldBe(9 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 2 * 256 * 256));
        TrunkFeaturesArchitecture.Vgg16.Features(64).ShouldBe(4096 * 256);
    }
}
