using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.StyleGan2;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class StyleGan2Tests : StyledFamilyContract
{
    protected override GeneratorArchitecture Sizes => RandomStyleGan2.Tiny;

    protected override byte[] Content { get; } = RandomStyleGan2.File(RandomStyleGan2.Tiny);

    protected override string MeanStyleName => "latent_avg";

    protected override string TruncationName => "truncation";

    protected override string Script => "stylegan2.py";

    protected override GeneratorArchitecture Describe(
        (int Latent, int Style, int MappingLayers, int Colors, int Clamp) sizes,
        IReadOnlyList<int> channels
    ) =>
        new StyleGan2Architecture(
            sizes.Latent,
            [.. channels.SelectMany((count, i) => Enumerable.Repeat(count, i == 0 ? 1 : 2))],
            sizes.Style,
            sizes.MappingLayers,
            sizes.Colors
        )
        {
            Clamp = sizes.Clamp,
        };

    /// <summary>The images that the network drew as it was trained, in single precision; that of PyTorch is 9e-6 off double precision here.</summary>
    [SharedFact("weights/celeba64_stylegan2/known.npz")]
    public void Forward_OfTheBundledGenerator_DrawsItsKnownImages()
    {
        using var scope = NewDisposeScope();
        var known = StateDict.Read(File.ReadAllBytes(SharedFiles.PathOf("weights/celeba64_stylegan2/known.npz")), "known.npz");
        using var generator = Read(Repository.BundledStyleGan2).Load(CPU, ScalarType.Float64);
        var z = tensor(known.ReadDoubles("z", 4, 128)).view(4, 128);
        var expected = tensor(known.ReadDoubles("images_constant_noise", 4, 3, 64, 64)).view(4, 3, 64, 64);

        TestTensors.Difference(generator.Forward(z), expected).ShouldBeLessThan(2e-5f);
    }

    [Fact]
    public void Gradient_WhereMapsAreClamped_IsThatOfDifferences() =>
        GradientIsThatOfDifferences(RandomStyleGan2.File(RandomStyleGan2.Tiny with { Clamp = 1 }), split: 3);

    [Fact]
    public void DrawMoved_WhereMapsAreClamped_DrawsWhatFilesOfThoseWeightsDraw() =>
        DrawsMovedAsFiles(RandomStyleGan2.File(RandomStyleGan2.Tiny with { Clamp = 1 }));

    [Theory]
    [InlineData("style.1.weight", "lacks the tensor 'style.1.weight'")]
    [InlineData("convs.0.conv.weight", "lacks the tensor 'convs.0.conv.weight', though it has 'convs.0.")]
    [InlineData("convs.3.conv.weight", "lacks the tensor 'convs.3.conv.weight', though it has 'convs.3.")]
    [InlineData("to_rgbs.1.conv.weight", "lacks the tensor 'to_rgbs.1.conv.weight'")]
    [InlineData("noises.noise_3", "lacks the tensor 'noises.noise_3'")]
    public void Read_WhereATensorIsMissing_SaysWhich(string missing, string sentence)
    {
        var content = RandomStyleGan2.Changed(without: missing);

        Should.Throw<CheckpointException>(() => Read(content)).Message.ShouldContain(sentence);
    }

    [Fact]
    public void Read_OfAnotherFilter_IsRefused()
    {
        var content = RandomStyleGan2.Changed(with: ("convs.0.conv.blur.kernel", [.. Enumerable.Repeat(0.25f, 16)], [4, 4]));

        Should.Throw<CheckpointException>(() => Read(content)).Message.ShouldContain("another filter than [1, 3, 3, 1]");
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-256f)]
    [InlineData(255.5f)]
    public void Read_OfAClampThatIsNoWholeNumber_IsRefused(float clamp)
    {
        var content = RandomStyleGan2.Changed(with: ("conv_clamp", [clamp], [1]));

        Should.Throw<CheckpointException>(() => Read(content)).Message.ShouldContain("but whole numbers from 1 are read");
    }

    /// <summary>What shares StyleGAN2's containers and is another network is refused for what it is.</summary>
    [FactNeeding<Reference.WithTorch>]
    public void Read_OfItsRelatives_RefusesThemForWhatTheyAre()
    {
        using var folder = new TemporaryDirectory();
        Reference.Ask("stylegan_relatives.py", folder.Path);

        Refusal("conditional-ada.pkl").ShouldContain("is a conditional StyleGAN2 ('mapping.embed.weight'), which draws by class");
        Refusal("conditional-karras.pkl").ShouldContain("is a conditional StyleGAN2");
        Refusal("conditional-genforce.pth").ShouldContain("is a conditional StyleGAN2 ('mapping.label_weight')");
        Refusal("without-skips-ada.pkl").ShouldContain("makes RGB of its last maps alone ('synthesis.b8.torgb.weight'), without skips");
        Refusal("revised-karras.pkl")
            .ShouldContain("makes RGB of its last maps alone ('components/synthesis/variables/ToRGB_lod0/weight')");
        Refusal("swish-ada.pkl").ShouldContain("has the activation 'swish' in 'synthesis.b4.conv1', but 'lrelu' alone is read");
        Refusal("two-clamps-ada.pkl").ShouldContain("clamps its layers to different values (0, 256)");
        Refusal("eg3d.pkl").ShouldContain("is a network of the class TriPlaneGenerator, of which a StyleGAN2 is only a part");
        Refusal("stylegan3.pkl").ShouldContain("is a StyleGAN3 or built on one (the class Generator)");
        Refusal("stylegan-xl.pkl").ShouldContain("is a StyleGAN3 or built on one (the class SuperresGenerator)");
        Refusal("projected.pkl").ShouldContain("is a network of the class Generator, of DummyMapping and FastganSynthesis");
        Read(File.ReadAllBytes(Path.Combine(folder.Path, "plain-modules.pkl"))).Architecture.Resolution.ShouldBe(8);

        string Refusal(string name) =>
            Should
                .Throw<CheckpointException>(() =>
                    EngineCatalog.BuiltIn.Families.Read(File.ReadAllBytes(Path.Combine(folder.Path, name)), name)
                )
                .Message;
    }

    [Fact]
    public void Synthesis_WhereOnePlaceHasAnotherStyle_ChangesWhatComesOfItAlone()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        var styles = TestTensors.Normal(1, 1, generator.Architecture.StylePlaces, 5).to(ScalarType.Float64);
        var whole = generator.Synthesis.Lower(styles, 3);

        for (var place = 0; place < generator.Architecture.StylePlaces; place++)
        {
            var other = styles.clone();
            other.select(1, place).add_(TestTensors.Normal(2, 1, 5));
            var features = generator.Synthesis.Lower(other, 3);

            // Blocks 0 to 2 make the maps; the image before has the RGB of block 0 alone, which is place 1.
            (TestTensors.Difference(features.Maps, whole.Maps) > 0).ShouldBe(place < 3, $"maps, place {place}");
            (TestTensors.Difference(features.Context[1], whole.Context[1]) > 0).ShouldBe(place < 2, $"image, place {place}");
            TestTensors.Difference(generator.Synthesis.Forward(other), generator.Synthesis.Forward(styles)).ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Synthesis_OfAnArchitecture_TakesStylesAndHasNoMapping()
    {
        var synthesis = (StyleGan2Architecture)RandomStyleGan2.Tiny.Synthesis;

        synthesis.LatentSize.ShouldBe(5);
        synthesis.MappingLayers.ShouldBe(0);
        synthesis.StylePlaces.ShouldBe(6);
        synthesis.Channels.ShouldBe(RandomStyleGan2.Tiny.Channels);
        synthesis.Weights.ShouldBe(RandomStyleGan2.Tiny.Weights - (5 * 6 + 5 * 5));
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        generator.Synthesis.Architecture.ShouldBe(synthesis);
        RandomGenerator.Tiny.Synthesis.ShouldBeNull();
    }
}
