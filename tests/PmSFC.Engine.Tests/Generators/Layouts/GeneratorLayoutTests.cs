using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators.Layouts;

public sealed class GeneratorLayoutTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-layouts-");

    public void Dispose() => _folder.Delete(recursive: true);

    [FactNeeding<Reference.WithTorch>]
    public void Forward_OfOneGeneratorInEveryLayout_DrawsTheImagesOfItsOwnCode()
    {
        using var scope = NewDisposeScope();
        var reference = Reference.Ask("generator_layouts.py", _folder.FullName);
        var latent = reference.GetProperty("latent").GetInt64();
        var z = tensor(reference.GetProperty("codes").EnumerateArray().Select(value => value.GetDouble()).ToArray()).view(-1, latent);
        int[] channels = [.. reference.GetProperty("channels").EnumerateArray().SelectMany(c => new[] { c.GetInt32(), c.GetInt32() })];
        var layouts = new HashSet<string>();

        foreach (var file in reference.GetProperty("files").EnumerateObject())
        {
            var content = File.ReadAllBytes(Path.Combine(_folder.FullName, file.Name));
            var (layout, _) = EngineCatalog.BuiltIn.Families.Identify(StateDict.Read(content, file.Name));
            layout.Name.ShouldBe(file.Value.GetProperty("layout").GetString(), file.Name);
            layouts.Add(layout.Name);
            var weights = EngineCatalog.BuiltIn.Families.Read(content, file.Name);
            weights.Architecture.ShouldBe(new PgganArchitecture((int)latent, channels), file.Name);
            var expected = tensor(file.Value.GetProperty("images").EnumerateArray().Select(value => value.GetDouble()).ToArray());

            Compare(weights, file.Name);
            Compare(EngineCatalog.BuiltIn.Families.Read(weights.ToSafetensors(), file.Name), $"{file.Name} stored and read again");

            void Compare(IGeneratorWeights read, string what)
            {
                using var generator = read.Load(CPU, ScalarType.Float64);
                var images = generator.Forward(z);
                if (file.Value.GetProperty("function").GetString() == "clamped")
                    images = images.clamp(-1, 1);
                TestTensors.Difference(images.flatten(), expected).ShouldBeLessThan(1e-5f, what);
            }
        }

        layouts.ShouldBe(EngineCatalog.BuiltIn.Families.Find("pggan")!.Layouts.Select(layout => layout.Name), ignoreOrder: true);
    }

    [Fact]
    public void ToSafetensors_OfTheProjectsOwnFile_KeepsEveryNumber()
    {
        var weights = (PgganWeights)EngineCatalog.BuiltIn.Families.Read(Repository.BundledGenerator, "bundled");

        var stored = (PgganWeights)EngineCatalog.BuiltIn.Families.Read(weights.ToSafetensors(), "stored");

        stored.ToSafetensors().ShouldBe(weights.ToSafetensors());
        foreach (var (a, b) in weights.Layers.Append(weights.Output).Zip(stored.Layers.Append(stored.Output)))
        {
            b.Weight.ShouldBe(a.Weight);
            b.Bias.ShouldBe(a.Bias);
        }
    }

    [Fact]
    public void Restrict_OfABiasForEachPixel_EqualsChannelsOfTheWhole()
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);
        var first = Layer(random, [6, 5, 4, 4]) with { Bias = [.. Enumerable.Range(0, 6 * 16).Select(_ => (float)random.NextDouble())] };
        var weights = new PgganWeights([first, Layer(random, [6, 6, 3, 3])], Layer(random, [3, 6, 1, 1]));
        using var generator = weights.Load(CPU);
        using var restricted = generator.Restrict(new ChannelPartition([0, 1, 0, 1, 1, 0], 2), 1);
        var z = TestTensors.Normal(1, 1, 2, 1, 5);

        var part = restricted.Forward(z).Maps[1].view(3, 4, 4);

        var whole = generator.Lower(z.view(2, 5), 1).Maps[1].index_select(0, tensor(new long[] { 1, 3, 4 }));
        TestTensors.Difference(part, whole).ShouldBeLessThan(1e-6f);
    }

    [SharedTheory("weights/third_party_generators")]
    [InlineData("ffhq64_vae_decoder.pth", "is another network than a PGGAN, StyleGAN1 or StyleGAN2 generator: it has batch normalization")]
    [InlineData("celeba32_dcgan.pt", "is another network than a PGGAN, StyleGAN1 or StyleGAN2 generator: it has batch normalization")]
    [InlineData("karras_celebahq_64conv1_to_1024_fp16.npz", "names begin at 64×64, so the lower half of a generator is missing")]
    public void Read_OfAnotherKindOfGenerator_SaysWhatItIs(string file, string reason)
    {
        var content = File.ReadAllBytes(SharedFiles.PathOf($"weights/third_party_generators/{file}"));

        Should.Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(content, file)).Message.ShouldContain(reason);
    }

    [Fact]
    public void Read_OfUnknownNames_ListsTheLayouts()
    {
        var content = new SafetensorsWriter().Add("synthesis.b4.conv1.weight", [1], 1).ToArray();

        var message = Should.Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(content, "stylegan.safetensors")).Message;

        message.ShouldContain(
            "genforce, genforce-bare, gandissect, pytorch-gan-zoo, karras, mmgen, genforce-stylegan1, karras-stylegan1, rosinality, stylegan2-ada, genforce-stylegan2, karras-stylegan2"
        );
        message.ShouldContain("'synthesis.b4.conv1.weight'");
    }

    [Fact]
    public void Read_OfAStyleGan2InALayoutThatIsNotRead_SaysWhichAre()
    {
        var content = new SafetensorsWriter().Add("net.block4.conv1.affine.weight", new float[4], 2, 2).ToArray();

        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(content, "other.safetensors"))
            .Message.ShouldContain(
                "modulates its layers ('net.block4.conv1.affine.weight'), as StyleGAN2 and its successors do, but is in no layout that is read (genforce, "
            );
    }

    [Fact]
    public void Read_OfAGeneratorOfGrayImages_SaysSo()
    {
        var content = new SafetensorsWriter()
            .Add("layer0.conv.weight", new float[64], 2, 2, 4, 4)
            .Add("layer0.wscale.bias", new float[2], 2)
            .Add("layer1.conv.weight", new float[36], 2, 2, 3, 3)
            .Add("layer1.wscale.bias", new float[2], 2)
            .Add("output0.conv.weight", new float[2], 1, 2, 1, 1)
            .Add("output0.wscale.bias", new float[1], 1)
            .ToArray();

        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(content, "gray"))
            .Message.ShouldContain("images of 1 channels");
    }

    private static LayerWeights Layer(Random random, long[] shape) =>
        new(
            [.. Enumerable.Range(0, (int)(shape[0] * shape[1] * shape[2] * shape[3])).Select(_ => (float)(random.NextDouble() - 0.5))],
            shape,
            1,
            [.. Enumerable.Range(0, (int)shape[0]).Select(_ => (float)random.NextDouble())]
        );
}
