using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.BdInvert;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Preparation;

public sealed class StyleGaussianTests
{
    private static readonly StyleGaussianPreparation Kind = new();

    [Fact]
    public void Finish_OfManyCodes_MakesOtherCodesStylesUncorrelatedAndOfVarianceOne()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
        var content = Made(generator, samples: 40_000);
        var file = SafetensorsFile.Read(content, "it");
        var (mean, whitening) = (Tensor("mean", 6), Tensor("whitening", 6, 6));
        var styles = generator.Styles(TestTensors.Normal(77, 40_000, 6).to(ScalarType.Float64));

        var white = (styles.leaky_relu(5) - mean).mm(whitening);

        white.mean([0L]).abs().max().item<double>().ShouldBeLessThan(0.03);
        var covariance = white.t().mm(white) / 40_000;
        TestTensors.Difference(covariance, eye(6, dtype: ScalarType.Float64)).ShouldBeLessThan(0.05f);
        using var gaussian = new StyleGaussian(content, generator);
        gaussian.Distance(styles.unsqueeze(0)).item<double>().ShouldBe(1, 0.02);
        gaussian.Distance((styles * 3).unsqueeze(0)).item<double>().ShouldBeGreaterThan(3);

        Tensor Tensor(string name, params long[] shape) => tensor(file.ReadFloats(name, shape), dtype: ScalarType.Float64).view(shape);
    }

    /// <summary>μ and Σ of the very codes, from their definition: xᵀ Σ⁻¹ x is what whitening gives.</summary>
    [Fact]
    public void Finish_OfFewCodes_IsTheirMeanAndCovariance()
    {
        using var scope = NewDisposeScope();
        using var generator = Load();
        var file = SafetensorsFile.Read(Made(generator, samples: 50), "it");
        var codes = Tensors.NormalNumbers.Draw(3, 1, 50, 6).to(ScalarType.Float64);
        var styles = generator.Styles(codes);
        var unactivated = where(styles > 0, styles, styles * 5);
        var mean = unactivated.mean([0L]);
        var differences = unactivated - mean;
        var inverse = linalg.inv(differences.t().mm(differences) / 50);
        var whitening = tensor(file.ReadFloats("whitening", 6, 6), dtype: ScalarType.Float64).view(6, 6);

        var (scale, found) = (inverse.abs().max().item<double>(), whitening.mm(whitening.t()));
        TestTensors.Difference(found / scale, inverse / scale).ShouldBeLessThan(1e-4f);
        TestTensors.Difference(tensor(file.ReadFloats("mean", 6), dtype: ScalarType.Float64), mean).ShouldBeLessThan(1e-4f);
    }

    [Fact]
    public void Restore_InTheMiddle_GivesTheSameContent()
    {
        using var generator = (IStyledGenerator)Problems.Load(RandomStyleGan2.File(RandomStyleGan2.Small));
        using var whole = Start(generator, 3500);
        using var resumed = Start(generator, 3500);
        whole.Step();
        whole.Step();
        resumed.Restore(whole.Checkpoint());
        Should.Throw<InvalidOperationException>(whole.Finish).Message.ShouldContain("2 of 4 batches");
        foreach (var run in new[] { whole, resumed })
        {
            while (run.Iteration < run.Iterations)
                run.Step();
        }

        resumed.Finish().ShouldBe(whole.Finish());
        Should.Throw<InvalidOperationException>(whole.Step);
        using var other = Start(generator, 3000);
        Should.Throw<CheckpointException>(() => other.Restore(whole.Checkpoint())).Message.ShouldContain("another preparation");
    }

    [Fact]
    public void Check_AGeneratorWithoutStylesOrTooFewCodes_SaysSo()
    {
        var settings = Kind.Settings.Resolve(null, new Dictionary<string, string> { ["samples"] = "6" }).Settings!;

        Kind.Check(settings, RandomGenerator.Tiny)
            .ShouldHaveSingleItem()
            .Message.ShouldBe("The preparation 'style-gaussian' is made of styles, but a generator of the family 'pggan' has none.");
        Kind.Check(settings, RandomStyleGan2.Small).ShouldHaveSingleItem().Message.ShouldStartWith("'samples' is 6, but the covariance");
    }

    private static byte[] Made(IStyledGenerator generator, int samples)
    {
        using var run = Start(generator, samples);
        while (run.Iteration < run.Iterations)
            run.Step();
        return run.Finish();
    }

    private static ContentRun Start(IStyledGenerator generator, int samples)
    {
        var settings = Kind.Settings.Resolve(null, new Dictionary<string, string> { ["samples"] = $"{samples}" }).Settings!;
        Kind.Check(settings, generator.Architecture).ShouldBeEmpty();
        Kind.Estimate(settings, generator.Architecture).Bytes.ShouldBeGreaterThan(0);
        return Kind.Start(generator, settings, 3, PreparedContents.None);
    }

    private static IStyledGenerator Load() =>
        (IStyledGenerator)Problems.Load(RandomStyleGan2.File(RandomStyleGan2.Small), ScalarType.Float64);
}
