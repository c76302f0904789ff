using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class GeneratorWeightsTests
{
    [Fact]
    public void Read_OfTheBundledGenerator_HasTheSizesOfItsCard()
    {
        var architecture = EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled").Architecture;

        architecture.ShouldBe(new PgganArchitecture(128, [128, 128, 128, 128, 96, 96, 48, 48, 24, 24]));
        architecture.Resolution.ShouldBe(64);
        architecture.LargestSplit.ShouldBe(9);
        Enumerable.Range(1, 9).Select(architecture.ResolutionAt).ShouldBe([4, 4, 8, 8, 16, 16, 32, 32, 64]);
    }

    [Theory]
    [InlineData("layer2.wscale.bias", null, "lacks the tensor 'layer2.wscale.bias'")]
    [InlineData("layer3.conv.weight", null, "lacks the tensor 'layer3.conv.weight', though it has 'layer3.wscale.bias'")]
    [InlineData("layer2.conv.weight", null, "lacks the tensor 'layer2.conv.weight', though it has 'layer2.wscale.bias'")]
    [InlineData("layer0.conv.weight", null, "lacks the tensor 'layer0.conv.weight'")]
    [InlineData("output1.conv.weight", null, "lacks the tensor 'output1.conv.weight'")]
    [InlineData("layer1.wscale.bias", new long[] { 4, 2 }, "[4, 2], but [8] is needed")]
    [InlineData("layer1.conv.weight", new long[] { 8, 4, 6, 3 }, "'layer1.conv.weight' with shape [8, 4, 6, 3]")]
    [InlineData("layer1.conv.weight", new long[] { 8, 72 }, "four sizes")]
    [InlineData("lod", new long[] { 1, 1 }, "'lod'")]
    public void Read_OfAFileThatIsNoGenerator_SaysWhichTensor(string name, long[]? shape, string reason) =>
        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(Rewrite(name, shape, values => values), "weights"))
            .Message.ShouldContain(reason);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Read_OfWeightsThatAreNotFinite_NamesTheTensor(float bad)
    {
        var content = Rewrite("layer1.conv.weight", [8, 8, 3, 3], values => [.. values[..5], bad, .. values[6..]]);

        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(content, "weights"))
            .Message.ShouldContain("'layer1.conv.weight' at element 5");
    }

    [Fact]
    public void Read_OfAGeneratorInAFadeIn_IsRefused() =>
        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(Rewrite("lod", [1], _ => [1.5f]), "weights"))
            .Message.ShouldContain("lod 1.5");

    [Fact]
    public void DiscriminatorFeatures_OfBadFilesAndImages_SayWhatIsWrong()
    {
        using var scope = NewDisposeScope();
        using var features = DiscriminatorFeatures.Load(StateDict.Read(RandomGenerator.DiscriminatorFile(8, [4, 6]), "random"), CPU);

        features.Features(zeros(2, 3, 8, 8)).shape.ShouldBe([2, 6, 4, 4]);
        Should.Throw<ArgumentException>(() => features.Features(zeros(2, 3, 16, 16))).Message.ShouldContain("8×8");
        Should
            .Throw<CheckpointException>(() =>
                DiscriminatorFeatures.Load(StateDict.Read(RandomGenerator.File(RandomGenerator.Tiny), "generator"), CPU)
            )
            .Message.ShouldContain("not a discriminator");
    }

    [Fact]
    public void Id_OfTheBundledFiles_IsThatOfTheHashesInTheirCard()
    {
        const string Weights = "b19ca78c58d44ae33c94ee46bc83522714c7f6cf99d69ca3e18ae38d7d907bfa";
        const string Perceptual = "0b571885fa847e623c6548caa6a1ed3d3ea04a84fe3d0a72d2546fca717218b0";

        GeneratorId.Of(Repository.BundledGenerator, Repository.BundledDiscriminator).ShouldBe(GeneratorId.Of(Weights, Perceptual));
        GeneratorId.Of(Repository.BundledGenerator, null).ShouldBe(GeneratorId.Of(Weights, null));
        GeneratorId.Of(Weights, null).ShouldNotBe(GeneratorId.Of(Weights, Perceptual));
        GeneratorId.Of(Weights, null).ShouldMatch("^[0-9a-f]{32}$");
    }

    private static byte[] Rewrite(string name, long[]? shape, Func<float[], float[]> change)
    {
        var file = SafetensorsFile.Read(RandomGenerator.File(RandomGenerator.Tiny), "random");
        var writer = new SafetensorsWriter();
        foreach (var entry in file.Header.Entries.Values)
        {
            if (entry.Name == name && shape is null)
                continue;
            var values = file.ReadFloats(entry.Name, [.. entry.Shape]);
            if (entry.Name == name)
                writer.Add(name, change(values), shape!);
            else
                writer.Add(entry.Name, values, [.. entry.Shape]);
        }

        return writer.ToArray();
    }
}
