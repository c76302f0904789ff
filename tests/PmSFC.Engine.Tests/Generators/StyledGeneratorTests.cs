using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.StyleGan2;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

public sealed class StyledGeneratorTests
{
    [Fact]
    public void Synthesis_OfTheStylesOfCodes_DrawsTheirImagesAtEverySplit()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
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
    public void Synthesis_WhereOnePlaceHasAnotherStyle_ChangesWhatComesOfItAlone()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
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
    public void Restricted_ForAStyleAtEveryPlace_EqualsChannelsAndContextOfTheWhole()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
        var styles = TestTensors.Normal(1, 2, 3, 2, generator.Architecture.StylePlaces, 5).to(ScalarType.Float64);
        for (var split = 1; split <= generator.Architecture.LargestSplit; split++)
        {
            var partition = Problems.Partition(generator, split, 3);
            using var restricted = generator.Synthesis.Restrict(partition, split);
            var parts = restricted.Forward(styles);
            var whole = generator.Synthesis.Lower(styles.flatten(0, 2), split);
            for (var r = 0; r < 3; r++)
            {
                var channels = tensor(partition.ChannelsOf(r).Select(c => (long)c).ToArray());
                var expected = whole.Maps.view([2, 3, 2, .. whole.Maps.shape[1..]]).select(1, r).index_select(2, channels);
                TestTensors.Difference(parts.Maps[r], expected).ShouldBeLessThan(1e-12f);
            }

            for (var i = 0; i < whole.Context.Count; i++)
                TestTensors.Difference(parts.Context[i].flatten(0, 1), whole.Context[i]).ShouldBeLessThan(1e-12f);
        }
    }

    /// <summary>Central differences in double precision, of the whole image in a random direction of styles and noise.</summary>
    [Fact]
    public void Gradient_OfStylesAndNoise_IsThatOfDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
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
        using var generator = Load(isStored ? "" : "latent_avg");
        var styles = generator.Styles(TestTensors.Normal(7, 20_000, 6).to(ScalarType.Float64));
        var (mean, spread) = (styles.mean([0L]), (styles - styles.mean([0L])).square().sum(1).mean().sqrt().item<double>());

        generator.StyleSpread.ShouldBe(spread, 0.03 * spread);
        if (isStored)
            TestTensors.Difference(generator.MeanStyle, Stored()).ShouldBe(0);
        else
            TestTensors.Difference(generator.MeanStyle, mean).ShouldBeLessThan((float)(0.05 * spread));

        static Tensor Stored() =>
            tensor(SafetensorsFile.Read(RandomStyleGan2.Changed(), "it").ReadFloats("latent_avg", 5), dtype: ScalarType.Float64);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void DrawMoved_OfEachImagesOwnWeights_DrawsWhatFilesOfThoseWeightsDraw(int clamp)
    {
        using var scope = NewDisposeScope();
        var file = RandomStyleGan2.File(RandomStyleGan2.Tiny with { Clamp = clamp });
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
        using var generator = Load();
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
        using var generator = Load();

        Should
            .Throw<ArgumentException>(() => generator.Draw(generator.MeanStyle.unsqueeze(0), []))
            .Message.ShouldContain("0 noises for 5 blocks");
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
        using var generator = Load();
        generator.Synthesis.Architecture.ShouldBe(synthesis);
        RandomGenerator.Tiny.Synthesis.ShouldBeNull();
    }

    private static IStyledGenerator Load(string without = "") =>
        (IStyledGenerator)EngineCatalog.BuiltIn.Families.Read(RandomStyleGan2.Changed(without), "it").Load(CPU, ScalarType.Float64);
}
