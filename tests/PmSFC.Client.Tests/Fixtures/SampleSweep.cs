using System.Collections.Immutable;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Results;
using PmSFC.Imaging;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Client.Tests.Fixtures;

/// <summary>A sweep of a few cells and images whose results a test makes up.</summary>
public static class SampleSweep
{
    public const int Side = 16;

    public static readonly ImmutableArray<MetricDisplay> Metrics =
    [
        new()
        {
            Name = "psnr",
            Title = "PSNR (dB)",
            HigherIsBetter = true,
            Digits = 2,
        },
        new()
        {
            Name = "ssim",
            Title = "SSIM",
            HigherIsBetter = true,
            Digits = 4,
        },
        new()
        {
            Name = "niqe",
            Title = "NIQE",
            HigherIsBetter = false,
            Digits = 2,
        },
    ];

    public static readonly MetricDisplay Lpips = new()
    {
        Name = "lpips",
        Title = "LPIPS",
        HigherIsBetter = false,
        Digits = 4,
        NeedsWeights = true,
    };

    public static readonly SubspaceSpec Subspaces = new()
    {
        GeneratorId = "0011223344556677",
        Method = "self-expressive",
        Settings = ImmutableSortedDictionary<string, string>.Empty.Add("split", "3").Add("subspaces", "6"),
        Seed = 0,
    };

    public static readonly ImportedWeights Imported = new()
    {
        FileName = "theirs.pth",
        Sha256 = new string('a', 64),
        ContentId = new string('b', 32),
        Sizes = ImmutableSortedDictionary<string, string>.Empty.Add("width", "32"),
    };

    /// <summary>The plan with a network for its second cell.</summary>
    public static SweepPlan WithNetwork(SweepPlan plan, ImportedWeights? weights, ImageListReference? images = null)
    {
        var network = weights is not null
            ? NetworkSpec.Imported("encoder", plan.GeneratorId, weights)
            : new NetworkSpec
            {
                GeneratorId = plan.GeneratorId,
                Kind = "encoder",
                Settings = ImmutableSortedDictionary<string, string>.Empty.Add("width", "32"),
                Seed = 3,
                Images = images,
            };
        return plan with { Cells = [plan.Cells[0], plan.Cells[1] with { Network = network }] };
    }

    public static SweepPlan Plan(int images, params ImmutableArray<string> labels) =>
        new()
        {
            Name = "faces",
            GeneratorId = "0011223344556677",
            Task = "inversion",
            Images = [.. Enumerable.Range(0, images).Select(i => new ImageReference { Id = Picture(i, 0).ContentId, Name = $"image-{i}" })],
            Cells = [.. labels.Select((label, i) => Cell(label, i))],
            Seed = 0,
            Owner = "ada",
            Priority = 0,
        };

    public static SweepCell Cell(string label, int number) =>
        new()
        {
            Label = label,
            Method = number == 0 ? "pmsfc" : "mganprior",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("codes", $"{number + 5}").Add("split", "3"),
            Subspaces = number == 0 ? Subspaces : null,
            Iterations = 200,
            BytesPerJob = 1000 * (number + 1),
            MultiplyAddsPerIteration = 1e9,
        };

    public static RgbImage Picture(int number, int error)
    {
        var pixels = new byte[3 * Side * Side];
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(13 * number + i * (i % 3 + 1) % 97 + error * (i % 5));
        pixels[^1] = (byte)(number >> 8);
        return new RgbImage(Side, Side, pixels);
    }

    /// <summary>The picture that a job comes to.</summary>
    public static byte[] Reconstruction(PlannedJob job) =>
        ImageFile.EncodePng(Picture(job.Image.Name[^1] - '0', job.Cell.Method == "pmsfc" ? 1 : 2));

    public static JobResult Result(PlannedJob job, params (string Metric, double Value)[] metrics) =>
        new()
        {
            JobId = job.Spec.Id,
            Spec = job.Spec,
            Metrics = metrics.ToImmutableSortedDictionary(metric => metric.Metric, metric => metric.Value),
            Losses = [.. Enumerable.Range(1, 20).Select(i => new LossPoint(10 * i, 1.0 / i))],
            Iterations = 200,
            DeviceSeconds = 2,
            Device = "cpu",
            ReconstructionSha256 = Sha256Text.Of(Reconstruction(job)),
            ProductVersion = "1.2.3",
        };

    public static JobMeasurement Measurement(PlannedJob job, double? value, string sha256) =>
        new()
        {
            JobId = job.Spec.Id,
            Metric = "lpips",
            Value = value,
            Undefined = value is null ? "lpips needs larger images." : null,
            Weights = [new MeasurementWeights("lpips/v0.1_squeeze.pth", sha256)],
            ReconstructionSha256 = Sha256Text.Of(Reconstruction(job)),
            ProductVersion = "1.2.3",
        };

    /// <summary>Stores every image, and a result for each job that <paramref name="psnrOf"/> gives a value.</summary>
    public static async Task StoreAsync(IArtifactStore store, SweepPlan plan, Func<int, int, double?> psnrOf)
    {
        for (var i = 0; i < plan.Images.Length; i++)
            await store.WriteOnceAsync(ArtifactNames.Image(plan.Images[i].Id), ImageFile.EncodePng(Picture(i, 0)));
        foreach (var (number, job) in plan.Jobs().Index())
        {
            int cell = number / plan.Images.Length,
                image = number % plan.Images.Length;
            if (psnrOf(cell, image) is not { } psnr)
                continue;
            await store.WriteOnceAsync(ArtifactNames.JobReconstruction(job.Spec.Id), Reconstruction(job));
            await store.WriteOnceAsync(
                ArtifactNames.JobResult(job.Spec.Id),
                ArtifactJson.Write(Result(job, ("psnr", psnr), ("ssim", psnr / 100)))
            );
        }
    }
}
