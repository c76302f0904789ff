using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Tests.Support;
using PmSFC.SecondFamily;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Generators;

/// <summary>A family that the product does not know: its own folder and one line.</summary>
public sealed class SecondFamilyTests : GeneratorFamilyContract
{
    private static readonly StyledArchitecture Styled = new(6, [8, 7, 5, 4]);
    private static readonly GeneratorFamilies Families = new([.. EngineCatalog.BuiltIn.Families.All, new StyledFamily()]);

    protected override GeneratorArchitecture Sizes => Styled;

    protected override IGenerator Load(ScalarType dtype) => StyledWeights.Random(Styled).Load(CPU, dtype);

    [Fact]
    public void Read_OfItsFile_IsItsGeneratorAndKeepsItsBytes()
    {
        using var scope = NewDisposeScope();
        var file = StyledWeights.Random(Styled).ToSafetensors();
        var weights = Families.Read(file, "styled");
        using var generator = weights.Load(CPU);
        using var again = StyledWeights.Random(Styled).Load(CPU);
        var z = TestTensors.Normal(1, 2, 6);

        weights.Architecture.ShouldBe(Styled);
        Families.Find("styled")!.Describe(6, [8, 7, 5, 4], Styled.FamilySizes).ShouldBe(Styled);
        Styled.ShouldNotBe((GeneratorArchitecture)new PgganArchitecture(6, [8, 7, 5, 4]), "another family's sizes are others");
        weights.ToSafetensors().ShouldBe(file);
        generator.Forward(z).shape.ShouldBe([2, 3, 32, 32]);
        TestTensors.Difference(generator.Forward(z), again.Forward(z)).ShouldBe(0f);
        Should
            .Throw<CheckpointException>(() => EngineCatalog.BuiltIn.Families.Read(file, "styled.safetensors"))
            .Message.ShouldContain("is not a PGGAN, StyleGAN1 or StyleGAN2 generator");
    }

    [Fact]
    public void Estimate_OfItsBatches_CountsItsOwnSizes()
    {
        var method = EngineCatalog.BuiltIn.FindMethod("pmsfc")!;
        var settings = method.Settings.Resolve(null, new Dictionary<string, string> { ["split"] = "2", ["codes"] = "3" }).Settings!;

        WorkEstimateOf(3, 2).MultiplyAddsPerIteration.ShouldBe(2 * WorkEstimateOf(3, 1).MultiplyAddsPerIteration, 1);
        WorkEstimateOf(3, 1).Bytes.ShouldBeGreaterThan((long)(sizeof(float) * Sizes.Weights));
        WorkEstimateOf(3, 1)
            .MultiplyAddsPerIteration.ShouldNotBe(
                WorkPlanner.Estimate(method, settings, new PgganArchitecture(6, [8, 7, 5, 4]), 3, null, 1).MultiplyAddsPerIteration
            );

        Costs.WorkEstimate WorkEstimateOf(int subspaces, int batch) =>
            WorkPlanner.Estimate(method, settings, Sizes, subspaces, null, batch);
    }
}
