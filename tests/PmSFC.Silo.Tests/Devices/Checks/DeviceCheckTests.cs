using PmSFC.Engine;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Tensors;
using PmSFC.Silo.Devices.Checks;
using PmSFC.Silo.Tests.Support;
using TorchSharp;

namespace PmSFC.Silo.Tests.Devices.Checks;

[Collection(TensorsCollection.Name)]
public sealed class DeviceCheckTests
{
    private static readonly byte[] Discriminator = File.ReadAllBytes(Model("discriminator.safetensors"));
    private static readonly byte[] Weights = File.ReadAllBytes(Model("generator.safetensors"));

    /// <summary>The stored answers are PyTorch's, of code that shares nothing with the engine: 50 iterations of both methods agree to what single precision stores of a loss.</summary>
    [Fact]
    public void Run_InDoublePrecision_EqualsPyTorchToTheLastDigitsOfALoss()
    {
        var alive = torch.Tensor.TotalCount;

        var results = Run(
            new CheckSubject(torch.CPU, EngineCatalog.BuiltIn.Families.Read(Weights, "bundled"), Discriminator, torch.ScalarType.Float64)
        );

        results
            .Where(result => result.Name.Contains("losses", StringComparison.Ordinal))
            .Select(result => result.Difference)
            .ShouldAllBe(difference => difference < 1e-6);
        results
            .Where(result => result.Name is "forward" or "features" or "gradient")
            .Select(result => result.Difference)
            .ShouldAllBe(difference => difference < 1e-9);
        // Checkpoints, of which the steps are the differences, are in single precision.
        results.ShouldAllBe(result => result.Difference < 1e-4, string.Join("\n", results));
        results
            .Where(result => result.Name.EndsWith("the same twice", StringComparison.Ordinal))
            .Select(result => result.Difference)
            .ShouldBe([0, 0]);
        torch.Tensor.TotalCount.ShouldBe(alive);
    }

    [Fact]
    public void Run_WeightThatIsOneThousandthWrong_IsSeenInAllThatUsesIt()
    {
        var failed = Failed(Run(Subject(Change(Weights, "layer5.conv.weight", values =>
                    {
                        for (var i = 0; i < values.Length; i++)
                            values[i] *= i % 2 == 0 ? 1.001f : 0.999f;
                    })), new GeneratorCheck(), SearchCheck.Mganprior));

        failed.ShouldContain("forward");
        failed.ShouldContain("features");
        failed.ShouldContain("mganprior: composition");
        failed.ShouldContain("mganprior: losses of 50 iterations");
        failed.ShouldNotContain("batch as single images");
    }

    [Fact]
    public void Run_OneWrongElementOfAConvolution_IsSeen() =>
        Failed(
                Run(
                    Subject(
                        convolve: (x, weight, bias, stride, padding) =>
                        {
                            var maps = Convolution.Apply(x, weight, bias, stride, padding);
                            if (weight.shape is [40, 24, 1, 1])
                                maps = maps + torch.nn.functional.pad(torch.full([1, 1, 1, 1], 0.1f), [15, 0, 15, 0, 39, 0, 1, 0]);
                            return maps;
                        }
                    ),
                    new ConvolutionCheck()
                )
            )
            .ShouldBe(["convolution 1×1"]);

    [Fact]
    public void Run_StepsThatDifferFromOneRunToTheNext_AreSeen()
    {
        var steps = 0;
        var failed = Failed(
            Run(
                Subject(beforeStep: run =>
                {
                    if (++steps == 80)
                        Nudge(run);
                }),
                SearchCheck.Pmsfc
            )
        );

        failed.ShouldBe(["pmsfc: the same twice"]);
    }

    [Fact]
    public void Run_DeviceThatThrows_IsAProblemInOneLine()
    {
        var results = Run(
            Subject(convolve: (_, _, _, _, _) => throw new InvalidOperationException("CUDA error: an illegal memory access\nat somewhere")),
            new ConvolutionCheck()
        );

        var failed = results.Where(result => !result.Passed).ShouldHaveSingleItem();
        failed.Problem.ShouldBe("CUDA error: an illegal memory access");
        failed.Name.ShouldBe("convolution");
    }

    [Fact]
    public void Passed_NumberThatIsNone_IsFalse()
    {
        new CheckResult("x", double.NaN, 1).Passed.ShouldBeFalse();
        new CheckResult("x", double.PositiveInfinity, 1).Passed.ShouldBeFalse();
        new CheckResult("x", 1, 1).Passed.ShouldBeTrue();
    }

    private static CheckSubject Subject(
        byte[]? weights = null,
        Func<torch.Tensor, torch.Tensor, torch.Tensor, int, int, torch.Tensor>? convolve = null,
        Action<InversionRun>? beforeStep = null
    ) =>
        new(torch.CPU, EngineCatalog.BuiltIn.Families.Read(weights ?? Weights, "bundled"), Discriminator)
        {
            Convolve = convolve ?? Convolution.Apply,
            Methods = [new HookedMethod(new PmsfcMethod(), beforeStep ?? (_ => { })), new MganpriorMethod()],
        };

    private static IReadOnlyList<CheckResult> Run(CheckSubject subject, params IDeviceCheck[] checks)
    {
        using (subject)
            return DeviceCheck.Run(subject, checks);
    }

    private static List<string> Failed(IReadOnlyList<CheckResult> results) =>
        [.. results.Where(result => !result.Passed).Select(result => result.Name)];

    /// <summary>Moves one code in its seventh digit, as a race between threads would.</summary>
    private static void Nudge(InversionRun run) => run.Restore([Change(run.Checkpoint(0), "z", values => values[0] *= 1.000001f)]);

    /// <summary>A safetensors file with one tensor changed.</summary>
    private static byte[] Change(byte[] content, string name, Action<float[]> change)
    {
        var file = SafetensorsFile.Read(content, "file");
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Header.Metadata)
            writer.AddMetadata(key, value);
        foreach (var (tensor, entry) in file.Header.Entries)
        {
            var values = file.ReadFloats(tensor, [.. entry.Shape]);
            if (tensor == name)
                change(values);
            writer.Add(tensor, values, [.. entry.Shape]);
        }

        return writer.ToArray();
    }

    private static string Model(string file) => Path.Combine(Repository.Root, "models", "celeba64-pggan", file);
}
