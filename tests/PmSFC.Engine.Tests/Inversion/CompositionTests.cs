using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class CompositionTests
{
    [Fact]
    public void Pmsfc_WithOneSubspaceAndEqualWeights_IsG2OfTheMeanOfG1()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny, ScalarType.Float64);
        using var composition = new PmsfcComposition(generator, new ChannelPartition(new int[8], 1), split: 2, codes: 4);
        var z = TestTensors.Normal(1, 1, 1, 4, 6).to(ScalarType.Float64);
        var w = full([1, 4, 8], composition.StartWeight, ScalarType.Float64);

        var image = generator.Upper(composition.Compose(z, w), 2);
        var byHand = generator.Upper(generator.Lower(z.view(4, 6), 2).Select(tensor => tensor.mean([0], keepdim: true)), 2);

        TestTensors.Difference(image, byHand).ShouldBeLessThan(1e-7f);
    }

    [Fact]
    public void Pmsfc_WithSeveralSubspaces_IsEquationSixWithMasks()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny, ScalarType.Float64);
        int[] labels = [2, 0, 1, 1, 0, 2, 0, 1];
        using var composition = new PmsfcComposition(generator, new ChannelPartition(labels, 3), split: 2, codes: 4);
        var z = TestTensors.Normal(1, 2, 3, 4, 6).to(ScalarType.Float64);
        var w = TestTensors.Normal(2, 2, 4, 8).to(ScalarType.Float64).abs() + 0.2;

        var composed = composition.Compose(z, w).Maps;

        for (var image = 0; image < 2; image++)
        {
            var expected = zeros_like(composed[image]);
            var shares = w[image].tanh().unsqueeze(-1).unsqueeze(-1);
            for (var r = 0; r < 3; r++)
            {
                var mask = tensor(labels.Select(label => label == r ? 1.0 : 0.0).ToArray()).view(1, 8, 1, 1);
                expected += (generator.Lower(z[image, r], 2).Maps * mask * shares).sum([0]) / shares.sum([0]);
            }

            TestTensors.Difference(composed[image], expected).ShouldBeLessThan(1e-5f);
        }
    }

    /// <summary>What PmSFC can compose, mGANprior can, with weights of 0 outside a code's own subspace (docs/subspaces.md).</summary>
    [Fact]
    public void Mganprior_WithPmsfcsWeightsAndZerosOutsideTheirSubspaces_ComposesTheSame()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny, ScalarType.Float64);
        int[] labels = [2, 0, 1, 1, 0, 2, 0, 1];
        using var pmsfc = new PmsfcComposition(generator, new ChannelPartition(labels, 3), split: 2, codes: 4);
        using var mganprior = new MganpriorComposition(generator, split: 2, codes: 12);
        var z = TestTensors.Normal(1, 1, 3, 4, 6).to(ScalarType.Float64);
        var w = TestTensors.Normal(2, 1, 4, 8).to(ScalarType.Float64).abs() + 0.2;
        var shares = w.tanh() / w.tanh().sum([1L], keepdim: true); // [1, K, C]
        var masks = stack(Enumerable.Range(0, 3).Select(r => tensor(labels.Select(label => label == r ? 12.0 : 0.0).ToArray())).ToArray()); // [R, C]
        var alpha = (masks.unsqueeze(1) * shares).view(1, 12, 8);

        TestTensors.Difference(mganprior.Compose(z.view(1, 12, 6), alpha).Maps, pmsfc.Compose(z, w).Maps).ShouldBeLessThan(1e-5f);
    }

    [Fact]
    public void Pmsfc_WhereWeightsCancel_StaysFinite()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var composition = new PmsfcComposition(generator, new ChannelPartition(new int[8], 1), split: 2, codes: 2);
        var w = tensor(new[] { 0.5f, -0.5f }).view(1, 2, 1).expand(1, 2, 8);

        var composed = composition.Compose(TestTensors.Normal(1, 1, 1, 2, 6), w).Maps;

        composed.abs().max().item<float>().ShouldBe(0f);
    }

    [Theory]
    [InlineData("pmsfc")]
    [InlineData("mganprior")]
    public void Gradient_OfTheLossInDoublePrecision_EqualsFiniteDifferences(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny, ScalarType.Float64);
        using var perceptual = Engine.Pggan.DiscriminatorFeatures.Load(
            StateDict.Read(RandomGenerator.DiscriminatorFile(8, [4, 6]), "random"),
            CPU,
            ScalarType.Float64
        );
        var method = EngineCatalog.BuiltIn.FindMethod(name)!;
        var problem = Problems.Create(
            method,
            generator,
            perceptual,
            Problems.Targets(generator, 2),
            [1, 2],
            ("split", "2"),
            ("codes", "2"),
            ("perceptual-weight", "0.5")
        );
        using IFeatureComposition composition =
            name == "pmsfc" ? new PmsfcComposition(generator, problem.Partition!, 2, 2) : new MganpriorComposition(generator, 2, 2);
        using var loss = new InversionLoss(problem, OptimizationSettings.Bind(problem.Settings));
        var z = TestTensors.Normal(3, [2, .. composition.CodeShape]).to(ScalarType.Float64).requires_grad_();
        var w = (TestTensors.Normal(4, [2, .. composition.WeightShape]).to(ScalarType.Float64).abs() + 0.3).detach().requires_grad_();
        var gradients = autograd.grad([Loss(z, w)], [z, w]);

        foreach (var direction in Enumerable.Range(0, 8))
        {
            var dz = TestTensors.Normal(100 + direction, z.shape).to(ScalarType.Float64);
            var dw = TestTensors.Normal(200 + direction, w.shape).to(ScalarType.Float64);
            var slope = ((gradients[0] * dz).sum() + (gradients[1] * dw).sum()).item<double>();
            const double Step = 1e-6;
            var difference = (Loss(z + dz * Step, w + dw * Step) - Loss(z - dz * Step, w - dw * Step)).item<double>() / (2 * Step);
            difference.ShouldBe(slope, 1e-5 * Math.Max(1, Math.Abs(slope)));
        }

        Tensor Loss(Tensor codes, Tensor weights) => loss.PerImage(generator.Upper(composition.Compose(codes, weights), 2)).sum();
    }
}
