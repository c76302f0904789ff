using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Methods.Input;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Inversion;

public sealed class FeedForwardTests
{
    [Fact]
    public void Reconstruct_OfTheInputForColorization_GivesTheGrayImage()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var gray = Problems.Bind(new ColorizationTask());
        var problem = Problem(new InputMethod(), generator, gray);
        using var reconstruction = new InputMethod().Reconstruct(problem);

        reconstruction.BatchSize.ShouldBe(2);
        TestTensors.Difference(reconstruction.Reconstruct(), gray.Degrade(problem.Targets)).ShouldBe(0f);
        reconstruction.Losses().ShouldAllBe(loss => loss < 1e-10f);
    }

    /// <summary>The second column of four is a quarter pixel left of pixel 3 of eight.</summary>
    [Theory]
    [InlineData("nearest", 0, 1, 0, 0)]
    [InlineData("bilinear", 0, 0.75, 0.25, 0)]
    [InlineData("bicubic", -0.10546875, 0.87890625, 0.26171875, -0.03515625)] // Keys' kernel with a = −¾
    public void Reconstruct_OfTheInputForSuperResolution_EnlargesIt(
        string enlargement,
        double first,
        double second,
        double third,
        double fourth
    )
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var small = Problems.Bind(new SuperResolutionTask(), 8, ScalarType.Float32, ("factor", "2"), ("filter", "area"));
        double[] columns = [0.1, -0.3, 0.7, 0.4];
        var target = tensor(columns.SelectMany(value => new[] { (float)value, (float)value }).ToArray())
            .view(1, 1, 1, 8)
            .expand(2, 3, 8, 8);
        using var reconstruction = new InputMethod().Reconstruct(
            Problem(new InputMethod(), generator, small, ("enlargement", enlargement)) with
            {
                Targets = target,
            }
        );
        var image = reconstruction.Reconstruct();

        image.shape.ShouldBe([2, 3, 8, 8]);
        var expected = columns.Zip((double[])[first, second, third, fourth], (value, weight) => value * weight).Sum();
        image[1, 2, 4, 3].item<float>().ShouldBe((float)expected, 1e-6f);
    }

    [Fact]
    public void Reconstruct_OfColHallucination_GivesColoursOfTheGrayImageAlone()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var gray = Problems.Bind(new ColorizationTask());
        var method = new ColHallucinationMethod();
        var problem = Problem(method, generator, gray);
        using var reconstruction = method.Reconstruct(problem);
        using var ofGray = method.Reconstruct(problem with { Targets = gray.Degrade(problem.Targets) });

        TestTensors.Difference(reconstruction.Reconstruct(), ofGray.Reconstruct()).ShouldBeLessThan(1e-5f);
        TestTensors.Difference(reconstruction.Reconstruct(), gray.Degrade(problem.Targets)).ShouldBeGreaterThan(0.01f);
        Should
            .Throw<ArgumentException>(() => method.Reconstruct(problem with { Network = null }))
            .Message.ShouldContain("'col-hallucination'");
    }

    [Fact]
    public void Codes_OfTheInput_NameTheMethodAtIterationZeroAndHoldNoTensor()
    {
        using var scope = NewDisposeScope();
        using var generator = RandomGenerator.Load(RandomGenerator.Tiny);
        using var reconstruction = new InputMethod().Reconstruct(Problem(new InputMethod(), generator, Problems.Inversion));

        var header = SafetensorsFile.Read(reconstruction.Codes(1), "codes").Header;
        header.Metadata.Select(entry => $"{entry.Key}={entry.Value}").Order().ShouldBe(["iteration=0", "method=input"]);
        header.Entries.ShouldBeEmpty();
    }

    private static InversionProblem Problem(
        IInversionMethod method,
        IGenerator generator,
        IDegradation degradation,
        params (string Name, string Value)[] settings
    ) =>
        Problems.Create(method, generator, Problems.Targets(generator, 2).clamp(-1, 1), [1, 2], settings) with
        {
            Degradation = degradation,
        };
}
