using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.StyleGan2;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class StyleGan2Tests : GeneratorFamilyContract
{
    protected override GeneratorArchitecture Sizes => RandomStyleGan2.Tiny;

    protected override IGenerator Load(ScalarType dtype) => Read(RandomStyleGan2.File(RandomStyleGan2.Tiny)).Load(CPU, dtype);

    [FactNeeding<Reference.WithTorch>]
    public void Forward_OfRandomGenerators_DrawsTheImagesOfTheEquations()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryDirectory();
        var reference = Reference.Ask("stylegan2.py", folder.Path);

        foreach (var file in reference.EnumerateObject())
        {
            var content = File.ReadAllBytes(Path.Combine(folder.Path, file.Name));
            EngineCatalog.BuiltIn.Families.Identify(StateDict.Read(content, file.Name)).Layout.Name.ShouldBe(Text("layout"), file.Name);
            var weights = Read(content);
            weights.Architecture.ShouldBe(
                new StyleGan2Architecture(
                    Number("latent"),
                    [.. Numbers("channels").SelectMany((count, i) => Enumerable.Repeat((int)count, i == 0 ? 1 : 2))],
                    Number("style"),
                    Number("depth"),
                    Number("colors")
                )
                {
                    Clamp = Number("clamp"),
                },
                file.Name
            );
            var stored = weights.ToSafetensors();
            var average = StateDict.Read(stored, "stored").Contains("latent_avg")
                ? StateDict.Read(stored, "stored").ReadDoubles("latent_avg", Number("style"))
                : [];
            average.ShouldBe(
                file.Value.GetProperty("average").ValueKind is System.Text.Json.JsonValueKind.Null ? [] : [.. Numbers("average")],
                file.Name
            );
            var z = tensor(Numbers("codes").ToArray()).view(-1, Number("latent"));
            var expected = tensor(Numbers("images").ToArray());

            Compare(weights, file.Name);
            Compare(Read(stored), $"{file.Name} stored and read again");
            Read(stored).ToSafetensors().ShouldBe(stored);

            void Compare(IGeneratorWeights read, string what)
            {
                using var generator = read.Load(CPU, ScalarType.Float64);
                TestTensors.Difference(generator.Forward(z).flatten(), expected).ShouldBeLessThan(1e-5f, what);
                using var single = read.Load(CPU);
                TestTensors
                    .Difference(single.Forward(z.to(ScalarType.Float32)).to(ScalarType.Float64).flatten(), expected)
                    .ShouldBeLessThan(1e-3f, what);
                CompareStyles((IStyledGenerator)generator, what);
                CompareTruncated((IStyledWeights)read, what);
            }

            void CompareTruncated(IStyledWeights read, string what)
            {
                if (average.Length == 0)
                    return;
                using var generator = Read(read.With(new DrawingOptions(Truncation: 0.625)).ToSafetensors()).Load(CPU, ScalarType.Float64);
                TestTensors
                    .Difference(generator.Forward(z).flatten(), tensor(Numbers("truncated").ToArray()))
                    .ShouldBeLessThan(1e-5f, what);
            }

            void CompareStyles(IStyledGenerator generator, string what)
            {
                var (places, style) = (generator.Architecture.StylePlaces, Number("style"));
                var placed = tensor(Numbers("places").ToArray()).view(1, places, style);
                Tensor[] noises =
                [
                    .. file
                        .Value.GetProperty("noises")
                        .EnumerateArray()
                        .Select(noise => tensor(noise.EnumerateArray().Select(value => value.GetDouble()).ToArray()))
                        .Select(noise => Math.Sqrt(noise.numel()) is var side ? noise.view(1, 1, (long)side, (long)side) : noise),
                ];

                Differs(generator.Styles(z), "styles");
                Differs(generator.Synthesis.Forward(placed), "placed");
                if (!file.Value.GetProperty("strengths").GetBoolean())
                {
                    generator.NoiseSides.ShouldBeEmpty(what);
                    return;
                }

                generator.NoiseSides.ShouldBe(noises.Select(noise => (int)noise.shape[2]), what);
                Differs(generator.Draw(placed, noises), "noised");

                void Differs(Tensor ours, string name) =>
                    TestTensors.Difference(ours.flatten(), tensor(Numbers(name).ToArray())).ShouldBeLessThan(1e-5f, $"{what}: {name}");
            }

            string Text(string name) => file.Value.GetProperty(name).GetString()!;

            int Number(string name) => file.Value.GetProperty(name).GetInt32();

            IEnumerable<double> Numbers(string name) => file.Value.GetProperty(name).EnumerateArray().Select(value => value.GetDouble());
        }
    }

    /// <summary>Codes' styles alone are truncated: not the mean, which a file without one has from codes, nor how far styles are from it.</summary>
    [Fact]
    public void With_ATruncation_DrawsStylesOfCodesNearerToTheSameMean()
    {
        using var scope = NewDisposeScope();
        var whole = (IStyledWeights)Read(RandomStyleGan2.Changed(without: "latent_avg"));
        var truncated = (IStyledWeights)Read(whole.With(new DrawingOptions(Truncation: 0.25)).ToSafetensors());
        using var before = (IStyledGenerator)whole.Load(CPU, ScalarType.Float64);
        using var after = (IStyledGenerator)truncated.Load(CPU, ScalarType.Float64);
        var z = TestTensors.Normal(1, 5, 6).to(ScalarType.Float64);

        TestTensors.Difference(after.MeanStyle, before.MeanStyle).ShouldBe(0);
        after.StyleSpread.ShouldBe(before.StyleSpread);
        TestTensors.Difference(after.Styles(z) - after.MeanStyle, (before.Styles(z) - before.MeanStyle) * 0.25).ShouldBeLessThan(1e-12f);
        (whole.Drawing, truncated.Drawing).ShouldBe((null, "truncation 0.25"));
        truncated.With(new DrawingOptions(Truncation: 1)).ToSafetensors().ShouldBe(whole.ToSafetensors());
        truncated.With(new DrawingOptions()).ToSafetensors().ShouldBe(truncated.ToSafetensors());
        foreach (var split in Enumerable.Range(1, after.Architecture.LargestSplit))
        {
            var partition = Problems.Partition(after, split, 2);
            using var restricted = after.Restrict(partition, split);
            var part = restricted.Forward(z.view(5, 1, 1, 6).expand(-1, 2, -1, -1)).Maps[1];
            var channels = tensor(partition.ChannelsOf(1).Select(c => (long)c).ToArray());
            TestTensors.Difference(part.flatten(0, 1), after.Lower(z, split).Maps.index_select(1, channels)).ShouldBeLessThan(1e-12f);
        }
    }

    [Fact]
    public void With_NoNoise_DrawsAsAFileThatHasNone()
    {
        using var scope = NewDisposeScope();
        var weights = ((IStyledWeights)Read(RandomStyleGan2.File(RandomStyleGan2.Tiny))).With(
            new DrawingOptions(Noise: new NoiseSource(null))
        );
        using var silent = weights.Load(CPU, ScalarType.Float64);
        using var without = Read(RandomStyleGan2.File(RandomStyleGan2.Tiny, hasNoise: false)).Load(CPU, ScalarType.Float64);
        using var noisy = Load(ScalarType.Float64);
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64);

        // The random numbers of a file come one after the other, so that one without noise has other weights too.
        var stripped = RandomStyleGan2.Tiny.Channels.Select((_, block) => $"noises.noise_{block}").ToHashSet();
        SafetensorsFile
            .Read(weights.ToSafetensors(), "file")
            .Header.Entries.Keys.ShouldBe(
                SafetensorsFile
                    .Read(RandomStyleGan2.File(RandomStyleGan2.Tiny), "file")
                    .Header.Entries.Keys.Where(name => !stripped.Contains(name)),
                ignoreOrder: true
            );
        var noises = ((IStyledGenerator)noisy).NoiseSides.Select(side => zeros(2, 1, side, side, dtype: ScalarType.Float64)).ToArray();
        var expected = ((IStyledGenerator)noisy).Draw(((IStyledGenerator)noisy).Styles(z), noises);
        TestTensors.Difference(silent.Forward(z), expected).ShouldBeLessThan(1e-12f);
        TestTensors.Difference(silent.Forward(z), noisy.Forward(z)).ShouldBeGreaterThan(1e-3f);
        weights.Drawing.ShouldBe("no noise");
        ((IStyledGenerator)silent).NoiseSides.ShouldBe(((IStyledGenerator)without).NoiseSides);
    }

    [Fact]
    public void With_ASeedOfNoise_HasThatNoiseAndNoOther()
    {
        var file = (IStyledWeights)Read(RandomStyleGan2.File(RandomStyleGan2.Small));
        var silent = file.With(new DrawingOptions(Noise: new NoiseSource(null)));
        var (first, again, other) = (Of(file, 7), Of(silent, 7), Of(file, 8));

        again.ShouldBe(first);
        other.ShouldNotBe(first);
        float[] noise = [.. first.SelectMany(block => block)];
        noise.Average().ShouldBe(0, 0.06f);
        noise.Average(value => value * value).ShouldBe(1, 0.06f);
        first[6].AsSpan(0, 16).SequenceEqual(first[0]).ShouldBeFalse();

        static float[][] Of(IStyledWeights weights, long seed)
        {
            var content = SafetensorsFile.Read(weights.With(new DrawingOptions(Noise: new NoiseSource(seed))).ToSafetensors(), "file");
            return
            [
                .. RandomStyleGan2.Small.Channels.Select(
                    (_, block) =>
                        RandomStyleGan2.Small.ResolutionAt(block + 1) is var side
                            ? content.ReadFloats($"noises.noise_{block}", 1, 1, side, side)
                            : []
                ),
            ];
        }
    }

    [Fact]
    public void With_NoiseForAFileWithoutStrengths_OrATruncationOutOfRange_IsRefused()
    {
        var weights = (IStyledWeights)Read(RandomStyleGan2.WithoutNoise(RandomStyleGan2.Tiny));

        Should.Throw<ArgumentException>(() => weights.With(new DrawingOptions(Noise: new NoiseSource(1))));
        foreach (var truncation in new[] { 0, -0.5, 1.5, double.NaN })
            Should.Throw<ArgumentException>(() => weights.With(new DrawingOptions(truncation)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.25)]
    public void Read_OfATruncationOutOfRange_SaysWhatIsRead(float truncation) =>
        Should
            .Throw<CheckpointException>(() => Read(RandomStyleGan2.Changed(with: ("truncation", [truncation], [1]))))
            .Message.ShouldContain("numbers above 0 and up to 1 are read");

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

    /// <summary>Central differences in double precision, of the whole image in a random direction.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Gradient_ThroughEveryCut_IsThatOfDifferences(int split)
    {
        using var scope = NewDisposeScope();
        using var generator = Read(RandomStyleGan2.File(RandomStyleGan2.Tiny with { Clamp = split % 2 })).Load(CPU, ScalarType.Float64);
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64).requires_grad_();
        var weights = TestTensors.Normal(2, 2, 3, 16, 16).to(ScalarType.Float64);
        var direction = TestTensors.Normal(3, 2, 6).to(ScalarType.Float64);
        Loss(z).backward();
        var slope = (z.grad! * direction).sum().item<double>();
        const double Step = 1e-6;

        var around = (Loss(z.detach() + direction * Step) - Loss(z.detach() - direction * Step)).item<double>() / (2 * Step);

        slope.ShouldBe(around, 1e-6 * Math.Max(1, Math.Abs(slope)));

        Tensor Loss(Tensor codes) => (generator.Upper(generator.Lower(codes, split), split).square() * weights).sum();
    }

    [Fact]
    public void Read_WithoutNoise_DrawsWithout()
    {
        using var scope = NewDisposeScope();
        using var without = Read(RandomStyleGan2.File(RandomStyleGan2.Tiny, hasNoise: false)).Load(CPU);
        using var with = Load(ScalarType.Float32);
        var z = TestTensors.Normal(1, 2, 6);

        without.Forward(z).shape.ShouldBe([2, 3, 16, 16]);
        TestTensors.Difference(without.Forward(z), with.Forward(z)).ShouldBeGreaterThan(0.01f);
        TestTensors.Difference(without.Forward(z), without.Forward(z)).ShouldBe(0f);
    }

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

    private static IGeneratorWeights Read(byte[] content) => EngineCatalog.BuiltIn.Families.Read(content, "it");
}
