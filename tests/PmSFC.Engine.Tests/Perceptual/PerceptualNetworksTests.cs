using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Metrics;
using PmSFC.Imaging;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Perceptual;

public sealed class PerceptualNetworksTests(RandomTrunks trunks) : IClassFixture<RandomTrunks>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-perceptual-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("vgg", "vgg16", "vgg16", 20, "--features")]
    [InlineData("vgg", "vgg16", "vgg16-relu4_2", 20, "--relu4_2")]
    [InlineData("squeeze", "squeezenet1_1", "squeezenet1_1", 32, "--features")]
    public void Features_RandomWeights_AgreeWithPyTorchInLossAndGradient(string trunk, string name, string choice, int side, string which)
    {
        RgbImage reference = TestImages.Waves(side, side, 10, 1),
            image = TestImages.Waves(side, side, 60, 2);
        string[] paths = [Path.Combine(_folder.FullName, "a.png"), Path.Combine(_folder.FullName, "b.png")];
        ImageFile.WritePng(reference, paths[0]);
        ImageFile.WritePng(image, paths[1]);
        var expected = Reference.Ask("lpips.py", [trunk, trunks.File(trunk), which, .. paths]);

        var content = File.ReadAllBytes(trunks.File(trunk));
        using var loaded = EngineCatalog.BuiltIn.Perceptual.Load(content, "it", CPU);
        loaded.Name.ShouldBe(name);
        EngineCatalog.BuiltIn.Perceptual.Read(content, "it").Name.ShouldBe(name, "cards of generators have this name");
        var network = loaded.Find(choice).ShouldNotBeNull();
        network.Name.ShouldBe(choice);
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
        var architecture = EngineCatalog.BuiltIn.Perceptual.Read(Repository.BundledDiscriminator, "it");

        (architecture.Name, architecture.OnlyResolution).ShouldBe(("discriminator", 64));
    }

    [FactNeeding<Reference.WithTorch>]
    public void Read_AlexNet_IsRefused() =>
        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Perceptual.Read(File.ReadAllBytes(trunks.File("alex")), "alexnet.pth"))
            .Message.ShouldStartWith("alexnet.pth holds neither a discriminator");

    /// <summary>Images that go in as they are cost what their own size does.</summary>
    [Fact]
    public void Find_Relu42OfVgg16_HasTheCostAndFeaturesOfTheImagesOwnSize()
    {
        var deeper = TrunkFeaturesArchitecture.Vgg16AndRelu42.Find("vgg16-relu4_2").ShouldNotBeNull();
        var shallow = TrunkFeaturesArchitecture.Vgg16;

        deeper.Features(64).ShouldBe(512 * 8 * 8);
        deeper.Cost(256).MultiplyAdds.ShouldBe(shallow.Cost(256).MultiplyAdds + 9 * 1024.0 * (256 * 512 + 512 * 512));
        deeper.Cost(64).MultiplyAdds.ShouldBe(deeper.Cost(256).MultiplyAdds / 16);
        deeper.Weights.ShouldBe(shallow.Weights + 9.0 * (256 * 512 + 512 * 512));
        TrunkFeaturesArchitecture.Vgg16AndRelu42.Weights.ShouldBe(deeper.Weights, "both are on the device");
        shallow.Find("vgg16-relu4_2").ShouldBeNull("a file that ends after relu3_3 has no relu4_2");
    }

    [Fact]
    public void Cost_Vgg16_IsThatOfItsLayersAt256Pixels()
    {
        // Multiply-adds of seven convolutions: pixels × inputs × outputs × 9.
        double[] expected =
        [
            65536.0 * 3 * 64,
            65536.0 * 64 * 64,
            16384.0 * 64 * 128,
            16384.0 * 128 * 128,
            4096.0 * 128 * 256,
            4096.0 * 256 * 256,
            4096.0 * 256 * 256,
        ];

        TrunkFeaturesArchitecture.Vgg16.Cost(64).MultiplyAdds.ShouldBe(9 * expected.Sum());
        TrunkFeaturesArchitecture.Vgg16.Weights.ShouldBe(9 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 2 * 256 * 256));
        TrunkFeaturesArchitecture.Vgg16.Features(64).ShouldBe(4096 * 256);
    }
}
