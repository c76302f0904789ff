using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Styles;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

/// <summary>What holds of every family with styles, besides what holds of every family.</summary>
public abstract class StyledFamilyContract : GeneratorFamilyContract
{
    /// <summary>A file of the project's own: 16 pixels, codes of 6 numbers, styles of 5, whose mean is stored.</summary>
    protected abstract byte[] Content { get; }

    /// <summary>What its tensors are called.</summary>
    protected abstract string MeanStyleName { get; }

    /// <inheritdoc cref="MeanStyleName"/>
    protected abstract string TruncationName { get; }

    /// <summary>The reference that draws random generators in every layout from the equations.</summary>
    protected abstract string Script { get; }

    /// <summary>The sizes of a generator of the reference.</summary>
    /// <param name="sizes">All but the channels.</param>
    /// <param name="channels">As the reference lists them.</param>
    protected abstract GeneratorArchitecture Describe(
        (int Latent, int Style, int MappingLayers, int Colors, int Clamp) sizes,
        IReadOnlyList<int> channels
    );

    public static TheoryData<string> StyleSearches => [.. Problems.StyleSearches];

    [Theory]
    [MemberData(nameof(StyleSearches))]
    public void Search_OfEveryMethodOfStyles_FallsAndGoesOnExactlyFromItsCheckpoints(string name) => FallsAndGoesOn(name);

    private byte[] WithoutNoises => ChangedFile.Without(Content, NoiseNames(Part.Noise).Contains);

    private byte[] WithoutNoisesAndStrengths => ChangedFile.Without(WithoutNoises, NoiseNames(Part.NoiseStrength).Contains);

    private string[] NoiseNames(Part part) =>
        [.. Enumerable.Range(0, Sizes.Layers).Select(block => ((StyledWeights)Read(Content)).NameOf(part, block))];

    protected override IGenerator Load(ScalarType dtype) => Read(Content).Load(CPU, dtype);

    protected static IGeneratorWeights Read(byte[] content) => EngineCatalog.BuiltIn.Families.Read(content, "it");

    [FactNeeding<Reference.WithTorch>]
    public void Forward_OfRandomGenerators_DrawsTheImagesOfTheEquations()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryDirectory();
        var reference = Reference.Ask(Script, folder.Path);

        foreach (var file in reference.EnumerateObject())
        {
            var content = File.ReadAllBytes(Path.Combine(folder.Path, file.Name));
            EngineCatalog.BuiltIn.Families.Identify(StateDict.Read(content, file.Name)).Layout.Name.ShouldBe(Text("layout"), file.Name);
            var weights = Read(content);
            weights.Architecture.ShouldBe(
                Describe(
                    (Number("latent"), Number("style"), Number("depth"), Number("colors"), Number("clamp")),
                    [.. Numbers("channels").Select(count => (int)count)]
                ),
                file.Name
            );
            var stored = weights.ToSafetensors();
            var average = StateDict.Read(stored, "stored").Contains(MeanStyleName)
                ? StateDict.Read(stored, "stored").ReadDoubles(MeanStyleName, Number("style"))
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
        var whole = (IStyledWeights)Read(ChangedFile.Of(Content, without: MeanStyleName));
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
        RestrictedEqualsWhole(after, TestTensors.Normal(2, 2, 3, 2, 6).to(ScalarType.Float64));
    }

    [Fact]
    public void With_NoNoise_DrawsAsAFileThatHasNone()
    {
        using var scope = NewDisposeScope();
        var weights = ((IStyledWeights)Read(Content)).With(new DrawingOptions(Noise: new NoiseSource(null)));
        using var silent = weights.Load(CPU, ScalarType.Float64);
        using var noisy = Load(ScalarType.Float64);
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64);

        var noises = ((IStyledGenerator)noisy).NoiseSides.Select(side => zeros(2, 1, side, side, dtype: ScalarType.Float64)).ToArray();
        var expected = ((IStyledGenerator)noisy).Draw(((IStyledGenerator)noisy).Styles(z), noises);
        TestTensors.Difference(silent.Forward(z), expected).ShouldBeLessThan(1e-12f);
        TestTensors.Difference(silent.Forward(z), noisy.Forward(z)).ShouldBeGreaterThan(1e-3f);
        weights.Drawing.ShouldBe("no noise");
        SafetensorsFile
            .Read(weights.ToSafetensors(), "file")
            .Header.Entries.Count.ShouldBe(SafetensorsFile.Read(Content, "file").Header.Entries.Count - Sizes.Layers);
        ((IStyledGenerator)silent).NoiseSides.ShouldBe(((IStyledGenerator)noisy).NoiseSides);
    }

    /// <summary>Files of some code bases have no noises, and those of networks that were trained without have no strengths either.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_WithoutNoises_DrawsWithoutNoise(bool hasStrengths)
    {
        using var scope = NewDisposeScope();
        var weights = (IStyledWeights)Read(hasStrengths ? WithoutNoises : WithoutNoisesAndStrengths);
        using var without = (IStyledGenerator)weights.Load(CPU, ScalarType.Float64);
        using var silent = ((IStyledWeights)Read(Content))
            .With(new DrawingOptions(Noise: new NoiseSource(null)))
            .Load(CPU, ScalarType.Float64);
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64);

        (weights.HasNoiseStrengths, without.NoiseSides.Count).ShouldBe((hasStrengths, hasStrengths ? Sizes.Layers : 0));
        TestTensors.Difference(without.Forward(z), silent.Forward(z)).ShouldBe(0);
        Tensor[] still = [.. without.OwnWeights.Select(own => zeros([2, .. own.Shape], ScalarType.Float64))];
        TestTensors.Difference(without.DrawMoved(without.Styles(z), still), silent.Forward(z)).ShouldBeLessThan(1e-9f);
        using var restricted = without.Restrict(Problems.Partition(without, 2, 2), 2);
        restricted.Forward(z.view(2, 1, 1, 6).expand(-1, 2, -1, -1)).Maps.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Read_WhereOneBlockLacksItsNoiseOrStrength_SaysWhich(int block)
    {
        var (noise, strength) = (NoiseNames(Part.Noise)[block], NoiseNames(Part.NoiseStrength)[block]);

        Should.Throw<CheckpointException>(() => Read(ChangedFile.Of(Content, noise))).Message.ShouldContain($"lacks the tensor '{noise}'");
        Should
            .Throw<CheckpointException>(() => Read(ChangedFile.Of(WithoutNoises, strength)))
            .Message.ShouldContain($"lacks the tensor '{strength}'");
    }

    [Fact]
    public void With_NoiseForAFileWithoutStrengths_OrATruncationOutOfRange_IsRefused()
    {
        var weights = (IStyledWeights)Read(WithoutNoisesAndStrengths);

        Should.Throw<ArgumentException>(() => weights.With(new DrawingOptions(Noise: new NoiseSource(1))));
        foreach (var truncation in new[] { 0, -0.5, 1.5, double.NaN })
            Should.Throw<ArgumentException>(() => weights.With(new DrawingOptions(truncation)));
    }

    [Fact]
    public void With_ASeedOfNoise_HasThatNoiseAndNoOther()
    {
        using var scope = NewDisposeScope();
        var file = (IStyledWeights)Read(Content);
        var silent = file.With(new DrawingOptions(Noise: new NoiseSource(null)));
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64);
        var first = Image(file, 7);

        TestTensors.Difference(Image(silent, 7), first).ShouldBe(0);
        TestTensors.Difference(Image(file, 8), first).ShouldBeGreaterThan(1e-3f);

        Tensor Image(IStyledWeights weights, long seed)
        {
            using var generator = weights.With(new DrawingOptions(Noise: new NoiseSource(seed))).Load(CPU, ScalarType.Float64);
            return generator.Forward(z);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1.25)]
    public void Read_OfATruncationOutOfRange_SaysWhatIsRead(float truncation) =>
        Should
            .Throw<CheckpointException>(() => Read(ChangedFile.Of(Content, with: (TruncationName, [truncation], [1]))))
            .Message.ShouldContain("numbers above 0 and up to 1 are read");

    [Fact]
    public void Synthesis_OfTheStylesOfCodes_DrawsTheirImagesAtEverySplit()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        var z = TestTensors.Normal(1, 3, 6).to(ScalarType.Float64);
        var styles = generator.Styles(z);
        var everywhere = styles.unsqueeze(1).expand(-1, generator.Architecture.StylePlaces, -1);

        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            foreach (var codes in new[] { styles, everywhere })
            {
                var image = generator.Synthesis.Upper(generator.Synthesis.Lower(codes, split), split);
                TestTensors.Difference(image, generator.Forward(z)).ShouldBeLessThan(1e-12f);
            }
        }
    }

    [Fact]
    public void Restricted_ForAStyleAtEveryPlace_EqualsChannelsAndContextOfTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        var codes = TestTensors.Normal(1, 2, 3, 2, generator.Architecture.StylePlaces, 5).to(ScalarType.Float64);
        RestrictedEqualsWhole(generator.Synthesis, codes);
    }

    /// <summary>Central differences in double precision, of the whole image in a random direction of codes.</summary>
    [Fact]
    public void Gradient_ThroughEveryCut_IsThatOfDifferences()
    {
        for (var split = 1; split <= Sizes.LargestSplit; split++)
            GradientIsThatOfDifferences(Content, split);
    }

    protected static void GradientIsThatOfDifferences(byte[] file, int split)
    {
        using var scope = NewDisposeScope();
        using var generator = Read(file).Load(CPU, ScalarType.Float64);
        var z = TestTensors.Normal(1, 2, 6).to(ScalarType.Float64).requires_grad_();
        var weights = TestTensors.Normal(2, 2, 3, 16, 16).to(ScalarType.Float64);
        var direction = TestTensors.Normal(3, 2, 6).to(ScalarType.Float64);
        Loss(z).backward();
        var slope = (z.grad! * direction).sum().item<double>();
        const double Step = 1e-6;

        var around = (Loss(z.detach() + direction * Step) - Loss(z.detach() - direction * Step)).item<double>() / (2 * Step);

        slope.ShouldBe(around, 1e-6 * Math.Max(1, Math.Abs(slope)), $"split {split}");

        Tensor Loss(Tensor codes) => (generator.Upper(generator.Lower(codes, split), split).square() * weights).sum();
    }

    /// <summary>Central differences in double precision, of the whole image in a random direction of styles and noise.</summary>
    [Fact]
    public void Gradient_OfStylesAndNoise_IsThatOfDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        var styles = TestTensors.Normal(1, 2, generator.Architecture.StylePlaces, 5).to(ScalarType.Float64);
        Tensor[] inputs =
        [
            styles,
            .. generator.NoiseSides.Select((side, i) => TestTensors.Normal(10 + i, 2, 1, side, side).to(ScalarType.Float64)),
        ];
        var weights = TestTensors.Normal(2, 2, 3, 16, 16).to(ScalarType.Float64);
        Tensor[] directions = [.. inputs.Select((input, i) => TestTensors.Normal(30 + i, input.shape).to(ScalarType.Float64))];
        foreach (var input in inputs)
            input.requires_grad_();
        Loss(inputs).backward();
        var slope = inputs.Zip(directions, (input, direction) => (input.grad! * direction).sum().item<double>()).Sum();
        const double Step = 1e-6;

        var around = (Loss(Moved(Step)) - Loss(Moved(-Step))).item<double>() / (2 * Step);

        slope.ShouldBe(around, 1e-6 * Math.Max(1, Math.Abs(slope)));

        Tensor[] Moved(double by) => [.. inputs.Zip(directions, (input, direction) => input.detach() + direction * by)];

        Tensor Loss(Tensor[] values) => (generator.Draw(values[0], values[1..]).square() * weights).sum();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void MeanStyle_StoredOrNot_IsThatOfTheFileOrOfManyCodes(bool isStored)
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Read(ChangedFile.Of(Content, isStored ? "" : MeanStyleName)).Load(CPU, ScalarType.Float64);
        var styles = generator.Styles(TestTensors.Normal(7, 20_000, 6).to(ScalarType.Float64));
        var (mean, spread) = (styles.mean([0L]), (styles - styles.mean([0L])).square().sum(1).mean().sqrt().item<double>());

        generator.StyleSpread.ShouldBe(spread, 0.03 * spread);
        if (isStored)
            TestTensors.Difference(generator.MeanStyle, Stored()).ShouldBe(0);
        else
            TestTensors.Difference(generator.MeanStyle, mean).ShouldBeLessThan((float)(0.05 * spread));

        Tensor Stored() => tensor(SafetensorsFile.Read(Content, "it").ReadFloats(MeanStyleName, 5), dtype: ScalarType.Float64);
    }

    [Fact]
    public void DrawMoved_OfEachImagesOwnWeights_DrawsWhatFilesOfThoseWeightsDraw() => DrawsMovedAsFiles(Content);

    protected static void DrawsMovedAsFiles(byte[] file)
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Problems.Load(file, ScalarType.Float64);
        var styles = TestTensors.Normal(1, 2, 5).to(ScalarType.Float64);
        var stored = SafetensorsFile.Read(file, "file");
        var changes = generator.OwnWeights.Select(_ => new List<Tensor>()).ToArray();
        var expected = new List<Tensor>();
        for (var image = 0; image < 2; image++)
        {
            var writer = new SafetensorsWriter();
            foreach (var entry in stored.Header.Entries.Values)
            {
                var values = stored.ReadFloats(entry.Name, [.. entry.Shape]);
                var own = generator.OwnWeights.Select(weight => weight.Name).ToList().IndexOf(entry.Name);
                if (own >= 0)
                {
                    var moved = values
                        .Zip(TestTensors.Floats(TestTensors.Normal(100 * image + own, values.Length)), (value, by) => value + 0.1f * by)
                        .ToArray();
                    double[] change = [.. moved.Zip(values, (after, before) => (double)after - before)];
                    changes[own].Add(tensor(change).view([.. generator.OwnWeights[own].Shape]));
                    values = moved;
                }

                writer.Add(entry.Name, values, [.. entry.Shape]);
            }

            using var other = (IStyledGenerator)Problems.Load(writer.ToArray(), ScalarType.Float64);
            expected.Add(other.Synthesis.Forward(styles[image..(image + 1)]));
        }

        Tensor[] moves = [.. changes.Select(change => stack(change))];
        TestTensors.Difference(generator.DrawMoved(styles, moves), cat(expected)).ShouldBeLessThan(1e-6f);
        var still = moves.Select(change => zeros_like(change)).ToArray();
        TestTensors.Difference(generator.DrawMoved(styles, still), generator.Synthesis.Forward(styles)).ShouldBeLessThan(1e-9f);
        generator
            .OwnWeights.Sum(weight => weight.Shape.Aggregate(1.0, (product, size) => product * size))
            .ShouldBe(generator.Architecture.OwnWeights);
        Should.Throw<ArgumentException>(() => generator.DrawMoved(styles, moves[1..])).Message.ShouldContain("changes for");
    }

    /// <summary>Central differences in double precision, of the whole image in a random direction of all weights.</summary>
    [Fact]
    public void Gradient_OfMovedWeights_IsThatOfDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);
        var styles = TestTensors.Normal(1, 2, generator.Architecture.StylePlaces, 5).to(ScalarType.Float64);
        var weights = TestTensors.Normal(2, 2, 3, 16, 16).to(ScalarType.Float64);
        Tensor[] at =
        [
            .. generator.OwnWeights.Select((own, i) => TestTensors.Normal(10 + i, [2, .. own.Shape]).to(ScalarType.Float64) * 0.1),
        ];
        Tensor[] directions = [.. at.Select((change, i) => TestTensors.Normal(90 + i, change.shape).to(ScalarType.Float64) * 0.1)];
        foreach (var change in at)
            change.requires_grad_();
        Loss(at).backward();
        var slope = at.Zip(directions, (change, direction) => (change.grad! * direction).sum().item<double>()).Sum();
        const double Step = 1e-6;

        var around = (Loss(Moved(Step)) - Loss(Moved(-Step))).item<double>() / (2 * Step);

        slope.ShouldBe(around, 1e-6 * Math.Max(1, Math.Abs(slope)));

        Tensor[] Moved(double by) => [.. at.Zip(directions, (change, direction) => change.detach() + direction * by)];

        Tensor Loss(Tensor[] changes) => (generator.DrawMoved(styles, changes).square() * weights).sum();
    }

    [Fact]
    public void Draw_WithNoiseForOtherBlocks_IsRefused()
    {
        using var scope = NewDisposeScope();
        using var generator = (IStyledGenerator)Load(ScalarType.Float64);

        Should
            .Throw<ArgumentException>(() => generator.Draw(generator.MeanStyle.unsqueeze(0), []))
            .Message.ShouldContain($"0 noises for {Sizes.Layers} blocks");
    }
}
