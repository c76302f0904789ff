using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Tests.Metrics;

public sealed class WeightsFolderTests : IDisposable
{
    private static readonly byte[] Weights = new SafetensorsWriter().Add("a", [1.5f], 1).ToArray();

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-weights-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_SeveralFiles_TakesTheBestNameAndOfThoseTheFirst()
    {
        foreach (var name in (string[])["vgg16.pth", "vgg16/b.pth", "vgg16/a.pth", "vgg16/deeper/0.pth", "vgg16x/0.pth"])
            Write(name, Weights);

        Read("vgg16/*.pth", "vgg16*.pth").ShouldBe("vgg16/a.pth");
        Read("vgg16*.pth").ShouldBe("vgg16.pth");
        Read("alexnet/*.pth", "vgg16*.pth").ShouldBe("vgg16.pth");
    }

    [Fact]
    public void Read_File_TellsTheHashOfItsContent()
    {
        Write("a.pth", Weights);

        var file = new WeightsFolder(_folder.FullName).Read("weights", tensors => tensors.ReadFloats("a", 1), "a.pth");

        file.Source.Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Weights)));
        file.Value.ShouldBe([1.5f]);
    }

    [Fact]
    public void Read_OtherCase_IsAnotherFile()
    {
        Write("VGG16.pth", Weights);

        Should.Throw<MissingWeightsException>(() => Read("vgg16.pth"));
    }

    [Fact]
    public void Constructor_MissingFolderOrFile_Throws()
    {
        Write("a.pth", Weights);

        Should
            .Throw<DirectoryNotFoundException>(() => new WeightsFolder(PathOf("no")))
            .Message.ShouldStartWith("there is no folder of weights at");
        Should
            .Throw<DirectoryNotFoundException>(() => new WeightsFolder(PathOf("a.pth")))
            .Message.ShouldBe($"{PathOf("a.pth")} is a file, not a folder of weights; name the folder that such files lie in.");
    }

    [Fact]
    public void Read_SeveralFilesOfWhichOneIsRight_TakesThatOne()
    {
        Write("vgg16_a.pth", "version https://git-lfs.github.com/spec/v1\nsize 7\n"u8.ToArray());
        Write("vgg16_b.pth", []);
        Write("vgg16_c.pth", new SafetensorsWriter().Add("b", [1], 1).ToArray());
        Should
            .Throw<CheckpointException>(() => Read("vgg16*.pth"))
            .Message.ShouldBe(
                $"{PathOf("vgg16_a.pth")} is a pointer of Git LFS to a file of 7 bytes, not the file itself; run 'git lfs pull' in the repository that it is from; "
                    + $"{PathOf("vgg16_b.pth")} is empty (0 bytes); fetch it again; {PathOf("vgg16_c.pth")} lacks the tensor 'a'."
            );

        Write("vgg16_d.pth", Weights);

        Read("vgg16*.pth").ShouldBe("vgg16_d.pth");
    }

    [Fact]
    public void Read_DirectoryOfThatName_SaysSo()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "vgg16.pth"));

        Should
            .Throw<MissingWeightsException>(() => Read("vgg16*.pth"))
            .Message.ShouldBe($"vgg16.pth in {_folder.FullName} is a directory, not a file of weights");
    }

    [Fact]
    public void Read_LinkToNothing_SaysSo()
    {
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "vgg16.pth"), "nowhere");

        Should
            .Throw<CheckpointException>(() => Read("vgg16*.pth"))
            .Message.ShouldStartWith($"{PathOf("vgg16.pth")} is a link to nowhere, which does not exist");
    }

    [Fact]
    public void Read_PipeOfThatName_DoesNotWaitForIt()
    {
        System.Diagnostics.Process.Start("mkfifo", Path.Combine(_folder.FullName, "vgg16.pth")).WaitForExit();

        Should
            .Throw<CheckpointException>(() => Read("vgg16*.pth"))
            .Message.ShouldBe($"{PathOf("vgg16.pth")} is not a regular file but a named pipe; name a file of weights.");
    }

    private string Read(params string[] names) =>
        new WeightsFolder(_folder.FullName).Read("weights", tensors => tensors.ReadFloats("a", 1), names).Source.Name;

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}
