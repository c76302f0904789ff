using System.Text.Json;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Tests.Checkpoints;

public sealed class StateDictTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-checkpoints-");

    public void Dispose() => _folder.Delete(recursive: true);

    [FactNeeding<Reference.WithTorch>]
    public void Read_OfWhatPyTorchWrites_GivesEveryTensorOfEveryFormat()
    {
        var files = Reference.Ask("checkpoints.py", _folder.FullName);

        files.EnumerateObject().Count().ShouldBe(21);
        foreach (var file in files.EnumerateObject())
        {
            var state = StateDict.Read(File.ReadAllBytes(Path.Combine(_folder.FullName, file.Name)), file.Name);
            var place = file.Value.GetProperty("place").GetString()!;
            if (place.Length > 0)
            {
                state.Refused["config"].ShouldBe("__main__.Config", file.Name);
                place += "/";
            }

            var tensors = file.Value.GetProperty("tensors");
            state
                .Names.Where(name => name.StartsWith(place, StringComparison.Ordinal))
                .ShouldBe(tensors.EnumerateObject().Select(tensor => place + tensor.Name), ignoreOrder: true, file.Name);
            foreach (var tensor in tensors.EnumerateObject())
                Compare(state, place, tensor, file.Name);
        }
    }

    [Fact]
    public void Read_OfSafetensors_GivesTheSameTensors()
    {
        var content = new SafetensorsWriter().Add("a.weight", [1, 2, 3, 4, 5, 6], 2, 3).Add("b", [7], 1).ToArray();

        var state = StateDict.Read(content, "file");

        state.Names.ShouldBe(["a.weight", "b"], ignoreOrder: true);
        state.Shape("a.weight").ShouldBe([2, 3]);
        state.ReadFloats("a.weight", 2, 3).ShouldBe([1, 2, 3, 4, 5, 6]);
        state.Contains("c").ShouldBeFalse();
        Should.Throw<CheckpointException>(() => state.ReadFloats("c", 1)).Message.ShouldBe("file lacks the tensor 'c'.");
        Should
            .Throw<CheckpointException>(() => state.ReadFloats("b", 2))
            .Message.ShouldBe("file holds 'b' with shape [1], but [2] is needed.");
    }

    [SharedFact("weights/lpips/v0.1_alex.pth")]
    public void Read_OfTheHeadsOfLpips_GivesTheirFiveLayers()
    {
        var state = StateDict.Read(File.ReadAllBytes(SharedFiles.PathOf("weights/lpips/v0.1_alex.pth")), "v0.1_alex.pth");

        state.Names.ShouldBe(Enumerable.Range(0, 5).Select(k => $"lin{k}.model.1.weight"), ignoreOrder: true);
        state.ReadFloats("lin1.model.1.weight", 1, 192, 1, 1).ShouldAllBe(weight => weight >= 0);
    }

    [SharedFact("weights/squeezenet1_1/squeezenet1_1_torchvision.safetensors")]
    public void Read_OfSqueezeNet_GivesTorchvisionsNames()
    {
        const string Name = "weights/squeezenet1_1/squeezenet1_1_torchvision.safetensors";
        var state = StateDict.Read(File.ReadAllBytes(SharedFiles.PathOf(Name)), Name);

        state.ReadFloats("features.0.weight", 64, 3, 3, 3).Length.ShouldBe(1728);
        state.Shape("features.3.expand3x3.weight").ShouldBe([64, 16, 3, 3]);
    }

    private static void Compare(StateDict state, string place, JsonProperty tensor, string file)
    {
        var (name, what) = (place + tensor.Name, $"{file} {tensor.Name}");
        long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        float[] values = [.. tensor.Value.GetProperty("values").EnumerateArray().Select(value => value.GetSingle())];
        state.Shape(name).ShouldBe(shape, what);
        state.ReadFloats(name, shape).ShouldBe(values, what);
    }
}
