using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Methods.Esrgan;
using PmSFC.Engine.Methods.Rcan;
using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tests.Support;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Training.SuperResolution;

public sealed class SuperResolutionCheckpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-super-resolution-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Every code base's names, the ranges of RGB, skips, attention, dense blocks, pixel shuffle and nearest neighbours; zip and legacy files.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Enlarge_OfEveryPublicLayout_GivesWhatPyTorchGives()
    {
        using var scope = NewDisposeScope();
        var reference = Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
        var (height, width) = (reference.GetProperty("height").GetInt64(), reference.GetProperty("width").GetInt64());
        var images = Numbers(reference.GetProperty("image")).view(-1, 3, height, width);
        var kinds = new List<string>();

        foreach (var file in reference.GetProperty("files").EnumerateObject())
        {
            var kind = file.Value.GetProperty("kind").GetString()!;
            kinds.Add(kind);
            var factor = file.Value.GetProperty("factor").GetInt32();
            var network = Import(kind, File.ReadAllBytes(Path(file.Name)), file.Name);
            network.Settings["factor"].ShouldBe($"{factor}", file.Name);
            var expected = Numbers(file.Value.GetProperty("images")).view(-1, 3, factor * height, factor * width) * 2 - 1;
            expected.std().item<double>().ShouldBeGreaterThan(0.05, file.Name);

            Enlarge(network, ScalarType.Float64, images, expected, 1e-5f);
            Enlarge(network, ScalarType.Float32, images, expected, 1e-3f);

            // Stored and read again under the names of the authors.
            var again = Import(kind, network.Weights.ToArray(), "again");
            again.Weights.ToArray().ShouldBe(network.Weights.ToArray(), file.Name);
            again.Settings.ShouldBe(network.Settings, file.Name);

            void Enlarge(TrainedNetwork imported, ScalarType dtype, Tensor small, Tensor wanted, float most)
            {
                using var resolver = SuperResolver.Load(Architecture(imported), imported, CPU, dtype);
                var made = resolver.Enlarge(small.to(dtype), factor);
                TestTensors.Difference(made.to(ScalarType.Float64), wanted).ShouldBeLessThan(most, $"{file.Name} in {dtype}");
                var one = resolver.Enlarge(small.to(dtype).narrow(0, 1, 1), factor);
                TestTensors
                    .Difference(one.to(ScalarType.Float64), wanted.narrow(0, 1, 1))
                    .ShouldBeLessThan(most, $"{file.Name} alone in {dtype}");
            }
        }

        (kinds.Count(kind => kind == "rcan"), kinds.Count(kind => kind == "esrgan")).ShouldBe((7, 8));
    }

    [FactNeeding<Reference.WithTorch>]
    public void Enlarge_ByAPowerOfItsFactor_SeesItsOwnResultAgainAndRefusesOtherFactors()
    {
        using var scope = NewDisposeScope();
        Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
        var network = Import("rcan", File.ReadAllBytes(Path("rcan-x4.pt")), "it");
        using var resolver = SuperResolver.Load(Architecture(network), network, CPU, ScalarType.Float64);
        var small = TestTensors.Normal(1, 1, 3, 2, 3).to(ScalarType.Float64) * 0.3;

        var twice = resolver.Enlarge(small, 16);

        twice.shape.ShouldBe([1, 3, 32, 48]);
        TestTensors.Difference(twice, resolver.Enlarge(resolver.Enlarge(small, 4), 4)).ShouldBe(0f);
        TestTensors.Difference(resolver.Enlarge(small, 1), small).ShouldBe(0f);
        Should
            .Throw<CheckpointException>(() => resolver.Enlarge(small, 8))
            .Message.ShouldBe(
                "The network of the kind 'rcan' enlarges 4 times, but the task makes images 8 times smaller, which is no power of it; use one that enlarges 8 times."
            );
    }

    /// <summary>The authors' numbers of parameters: 15,592,379 of RCAN with its 24 of the means, 16,697,987 of RRDBNet.</summary>
    [Theory]
    [InlineData("rcan", 15_592_379L)]
    [InlineData("esrgan", 16_697_987L)]
    public void Read_OfTheAuthorsSizes_KeepsEveryNumber(string kind, long parameters)
    {
        var settings = Kind(kind).Settings.Resolve("paper", new Dictionary<string, string>()).Settings!;
        var architecture = Architecture(kind, settings);
        var random = new Random(3);
        var writer = new SafetensorsWriter().AddMetadata("kind", kind);
        foreach (var (name, shape) in TensorsOf(architecture))
            writer.Add(name, Values(random, shape.Aggregate(1L, (product, size) => product * size)), shape);
        var content = writer.ToArray();

        var imported = Importer(kind).Read(StateDict.Read(content, "official"), RandomGenerator.Tiny);

        TensorsOf(architecture).Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size)).ShouldBe(parameters);
        Architecture(kind, imported.Settings).ShouldBe(architecture);
        imported.Weights.Span.SequenceEqual(content).ShouldBeTrue();
    }

    [TheoryNeeding<Reference.WithTorch>]
    [InlineData("rcan", "rcan-x4.pt", "body.1.body.2.body.3.conv_du.2.weight")]
    [InlineData("rcan", "rcan-module-x2.pt", "module.body.2.bias")]
    [InlineData("esrgan", "esrgan-x4.pth", "RRDB_trunk.1.RDB3.conv5.weight")]
    [InlineData("esrgan", "esrgan-2018-x8.pth", "model.13.bias")]
    public void Read_OfADamagedNetwork_NamesTheTensor(string kind, string file, string name)
    {
        Reference.Ask("super_resolution_reference.py", "--files", _folder.FullName);
        var state = StateDict.Read(File.ReadAllBytes(Path(file)), file);

        Refusal(_ => null).ShouldBe($"it lacks the tensor '{name}'.");
        Refusal(values => [.. values[..^1], float.NaN])
            .ShouldBe(
                $"it holds NaN in '{name}' at element {state.ReadFloats(name, [.. state.Shape(name)]).Length - 1}; weights must be finite numbers."
            );
        Refusal(_ => [1, 2]).ShouldStartWith($"it holds '{name}' with shape [2], but [");

        string Refusal(Func<float[], float[]?> change)
        {
            var writer = new SafetensorsWriter();
            foreach (var tensor in state.Names)
            {
                long[] shape = [.. state.Shape(tensor)];
                var values = state.ReadFloats(tensor, shape);
                if (tensor != name)
                    writer.Add(tensor, values, shape);
                else if (change(values) is { } changed)
                    writer.Add(tensor, changed, changed.Length == values.Length ? shape : [changed.Length]);
            }

            return Should
                .Throw<CheckpointException>(() => Importer(kind).Read(StateDict.Read(writer.ToArray(), "it"), RandomGenerator.Tiny))
                .Message;
        }
    }

    [Fact]
    public void Read_OfAnotherNetwork_SaysWhy()
    {
        Refusal("rcan", ("generator.weight", [2, 3, 3, 3]))
            .ShouldBe(
                "it holds no RCAN: it has none of 'body.0.body.0.body.3.conv_du.0.weight', 'body.0.residual_group.0.rcab.3.attention.1.weight'; among its tensors is 'generator.weight'."
            );
        Refusal("esrgan", ("generator.weight", [2, 3, 3, 3]))
            .ShouldStartWith("it holds no ESRGAN: it has none of 'RRDB_trunk.0.RDB1.conv1.weight'");
        Refusal("esrgan", ("body.0.rdb1.conv1.weight", [2, 4, 3, 3]), ("conv_first.weight", [4, 12, 3, 3]))
            .ShouldBe(
                "it takes 12 maps in 'conv_first.weight', but 3 (RGB) are needed; networks that fold pixels into maps first, as Real-ESRGAN's for 2 times, are not read."
            );
        Refusal("esrgan", ("body.0.rdb1.conv1.weight", [2, 4, 3, 3]), ("conv_first.weight", [4, 3, 3, 3]))
            .ShouldContain("doubles maps 0 times");
        (string, long[])[] rcan = [("head.0.weight", [8, 3, 3, 3]), ("body.0.body.0.body.3.conv_du.0.weight", [2, 8, 1, 1])];
        Refusal("rcan", [.. rcan, ("tail.0.0.weight", [72, 8, 3, 3])]).ShouldContain("enlarges images 3 times ('tail.0.0.weight')");
        Refusal("rcan", ("head.0.weight", [8, 3, 3, 3]), ("body.0.body.0.body.3.conv_du.0.weight", [5, 8, 1, 1]))
            .ShouldContain("squeezes 8 maps to 5");
        Refusal("rcan", [.. rcan, ("tail.0.0.weight", [32, 8, 3, 3])]).ShouldContain("'groups' is 0");

        static string Refusal(string kind, params (string Name, long[] Shape)[] tensors)
        {
            var writer = new SafetensorsWriter();
            foreach (var (name, shape) in tensors)
                writer.Add(name, new float[shape.Aggregate(1L, (product, size) => product * size)], shape);
            return Should
                .Throw<CheckpointException>(() => Importer(kind).Read(StateDict.Read(writer.ToArray(), "it"), RandomGenerator.Tiny))
                .Message;
        }
    }

    private static IEnumerable<(string Name, long[] Shape)> TensorsOf(SuperResolutionArchitecture architecture) =>
        architecture
            .Layers.SelectMany(layer =>
                new (string, long[])[] { ($"{layer.Name}.weight", layer.Shape), ($"{layer.Name}.bias", [layer.Output]) }
            )
            .Concat(architecture.Buffers.Select(buffer => (buffer.Name, buffer.Shape)));

    private static float[] Values(Random random, long count)
    {
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }

    private static INetworkTraining Kind(string kind) => EngineCatalog.BuiltIn.FindTraining(kind).ShouldNotBeNull();

    private static INetworkImport Importer(string kind) => Kind(kind).ShouldBeAssignableTo<INetworkImport>()!;

    private static TrainedNetwork Import(string kind, byte[] content, string name)
    {
        var imported = Importer(kind).Read(StateDict.Read(content, name), RandomGenerator.Tiny);
        return new TrainedNetwork
        {
            Kind = kind,
            Settings = imported.Settings,
            Seed = 0,
            Terms = [],
            LossHistory = [],
            Weights = imported.Weights,
        };
    }

    private static SuperResolutionArchitecture Architecture(TrainedNetwork network) =>
        Architecture(network.Kind, ResolvedSettings.FromCanonical(network.Settings));

    private static SuperResolutionArchitecture Architecture(string kind, ResolvedSettings settings) =>
        kind == "rcan" ? RcanTraining.BindArchitecture(settings) : EsrganTraining.BindArchitecture(settings);

    private static Tensor Numbers(System.Text.Json.JsonElement list) =>
        tensor(list.EnumerateArray().Select(value => value.GetDouble()).ToArray());

    private string Path(string file) => System.IO.Path.Combine(_folder.FullName, file);
}
