using System.Collections.Immutable;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Tests.Formats;

/// <summary>Stores outlive versions: what one wrote as JSON, the next reads, under the same ids.</summary>
public sealed class ArtifactJsonFormatTests
{
    private const string Image = "00112233445566778899aabbccddeeff";

    private static readonly NetworkSpec Network = new()
    {
        GeneratorId = "g",
        Kind = "encoder",
        Settings = Settings(("width", "8")),
        Seed = 1,
    };

    private static readonly SweepPlan Plan = new()
    {
        Name = "golden",
        GeneratorId = "g",
        Task = "super-resolution",
        TaskSettings = Settings(("factor", "4"), ("filter", "area")),
        Images =
        [
            new ImageReference { Id = Image, Name = "one.png" },
            new ImageReference { Id = "ffeeddccbbaa99887766554433221100", Name = "two.png" },
        ],
        Cells =
        [
            new SweepCell
            {
                Label = "pmsfc",
                Method = "pmsfc",
                Settings = Settings(("codes", "5"), ("split", "3")),
                Subspaces = new SubspaceSpec
                {
                    GeneratorId = "g",
                    Method = "random",
                    Settings = Settings(("subspaces", "6")),
                    Seed = 3,
                    SizesOf = new SubspaceSpec
                    {
                        GeneratorId = "g",
                        Method = "self-expressive",
                        Settings = Settings(("subspaces", "6")),
                        Seed = 3,
                    },
                },
                Iterations = 300,
                BytesPerJob = 1 << 20,
                MultiplyAddsPerIteration = 1.5e9,
            },
            new SweepCell
            {
                Label = "gen-vis-mani",
                Method = "gen-vis-mani",
                Settings = Settings(("iterations", "10")),
                Network = Network,
                NetworkBytes = 1 << 21,
                Iterations = 10,
                BytesPerJob = 1 << 19,
                MultiplyAddsPerIteration = 2,
            },
        ],
        Seed = 7,
        Owner = "ann",
        Priority = 2,
    };

    private static readonly JobResult Result = new()
    {
        JobId = Plan.Jobs().First().Spec.Id,
        Spec = Plan.Jobs().First().Spec,
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("psnr", double.PositiveInfinity).Add("ssim", 0.1 + 0.2),
        Losses = [new LossPoint(1, 0.5), new LossPoint(300, 1e-30)],
        Iterations = 300,
        DeviceSeconds = 12.5,
        Device = "cpu (2 threads) on host-1",
        ReconstructionSha256 = "ff",
        ProductVersion = "1.0",
    };

    private static readonly JobMeasurement Measurement = new()
    {
        JobId = Result.JobId,
        Metric = "lpips-alex",
        Value = 0.25,
        Undefined = null,
        Weights = [new MeasurementWeights("alexnet/alexnet.pth", "aa")],
        ReconstructionSha256 = "ff",
        ProductVersion = "1.0",
    };

    private static readonly GeneratorCard Card = new()
    {
        Id = "g",
        Name = "tiny",
        Layout = "genforce",
        Resolution = 16,
        LatentSize = 8,
        Channels = [12, 12, 8],
        Perceptual = "discriminator",
        Terms = "none",
    };

    [Fact]
    public void Write_Plan_IsTheFileAndReadsToItsJobs()
    {
        GoldenFile.ShouldHold("Artifacts/plan.json", ArtifactJson.Write(Plan));
        Read<SweepPlan>("plan").Jobs().Select(job => job.Spec.Id).ShouldBe(Plan.Jobs().Select(job => job.Spec.Id));
    }

    [Fact]
    public void Write_Result_IsTheFile() => Keeps("result", Result);

    [Fact]
    public void Write_Measurement_IsTheFile() => Keeps("measurement", Measurement);

    [Fact]
    public void Write_Preview_IsTheFile() =>
        Keeps(
            "preview",
            new JobPreview
            {
                Iteration = 100,
                Iterations = 300,
                Losses = [new LossPoint(1, 0.5), new LossPoint(100, 0.25)],
            }
        );

    [Fact]
    public void Write_GeneratorCard_IsTheFile() => Keeps("generator-card", Card);

    [Fact]
    public void Write_ImageList_IsTheFile() => Keeps("image-list", ImageList.Of(["b", "a", "b"]));

    [Fact]
    public void Id_OfTheFilesPlan_IsWhatItWasWhenItWasWritten()
    {
        var plan = Read<SweepPlan>("plan");
        plan.Id.ShouldBe("cb99e0a7bd67d5a386b0f2a80babc548");
        plan.Jobs().First().Spec.Id.ShouldBe("17bb34e46394eb9a810445437750528c");
        plan.Jobs().Last().Spec.Id.ShouldBe("52ef71e8497b574f6c463cdf81e278ea");
    }

    /// <summary>A sweep of before there were settings of tasks, trained networks and sizes that are copied.</summary>
    [Fact]
    public void Read_PlanOfAnOlderVersion_ImpliesTheJobsThatItDid()
    {
        var plan = Read<SweepPlan>("plan-without-tasks");

        plan.Id.ShouldBe("55a07ed572aeed829668840f0fa46096");
        plan.TaskSettings.ShouldBeEmpty();
        var job = plan.Jobs().ShouldHaveSingleItem();
        job.Cell.Network.ShouldBeNull();
        job.Spec.Id.ShouldBe("ee37f5e5cf928c72d106a01a7aed15f9");
    }

    private static void Keeps<T>(string name, T value)
    {
        GoldenFile.ShouldHold($"Artifacts/{name}.json", ArtifactJson.Write(value));
        ArtifactJson.Write(Read<T>(name)).ShouldBe(GoldenFile.Read($"Artifacts/{name}.json"));
    }

    private static T Read<T>(string name) => ArtifactJson.Read<T>(GoldenFile.Read($"Artifacts/{name}.json"));

    private static ImmutableSortedDictionary<string, string> Settings(params (string Name, string Value)[] settings) =>
        settings.ToImmutableSortedDictionary(setting => setting.Name, setting => setting.Value, StringComparer.Ordinal);
}
