using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class WeightsFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-weights-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_SeveralFiles_TakesTheBestNameAndOfThoseTheFirst()
    {
        foreach (var name in (string[])["vgg16.pth", "vgg16/b.pth", "vgg16/a.pth", "vgg16/deeper/0.pth", "vgg16x/0.pth"]) Write(name);

        Read("vgg16/*.pth", "vgg16*.pth").ShouldBe("vgg16/a.pth");
        Read("vgg16*.pth").ShouldBe("vgg16.pth");
        Read("alexnet/*.pth", "vgg16*.pth").ShouldBe("vgg16.pth");
    }

    [Fact]
    public void Read_File_TellsTheHashOfItsContent()
    {
        Write("a.pth");

        var file = new WeightsFolder(_folder.FullName).Read("weights", "a.pth");

        file.Source.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("a.pth"u8)));
        file.Content.ToArray().ShouldBe("a.pth"u8.ToArray());
    }

    [Fact]
    public void Read_OtherCase_IsAnotherFile()
    {
        Write("VGG16.pth");

        Should.Throw<MissingWeightsException>(() => Read("vgg16.pth"));
    }

    [Fact]
    public void Constructor_MissingFolder_Throws() =>
        Should.Throw<DirectoryNotFoundException>(() => new WeightsFolder(Path.Combine(_folder.FullName, "no"))).Message.ShouldStartWith("there is no folder of weights at");

    private string Read(params string[] names) => new WeightsFolder(_folder.FullName).Read("weights", names).Source.Name;

    private void Write(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, name);
    }
}
