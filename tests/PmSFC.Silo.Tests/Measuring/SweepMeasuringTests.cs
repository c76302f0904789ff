using System.Collections.Immutable;
using System.Security.Cryptography;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Metrics.Weights;
using PmSFC.Imaging;
using PmSFC.Silo.Measuring;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Measuring;

public sealed class SweepMeasuringTests
{
    private readonly MemoryStore _store = new();
    private readonly SweepPlan _plan;
    private readonly ImmutableArray<string> _jobs;

    public SweepMeasuringTests()
    {
        _plan = new SweepPlan
        {
            Name = "faces",
            GeneratorId = "0011223344556677",
            Task = "colorization",
            Images = [.. Enumerable.Range(0, 2).Select(i => new ImageReference { Id = Picture(i).ContentId, Name = $"image {i}" })],
            Cells = [.. ((string[])["ours", "theirs"]).Select(Cell)],
            Seed = 0,
            Owner = "ada",
            Priority = 0,
        };
        _jobs = [.. _plan.Jobs().Select(job => job.Spec.Id)];
        foreach (var i in Enumerable.Range(0, 2))
            _store[ArtifactNames.Image(_plan.Images[i].Id)] = ImageFile.EncodePng(Picture(i));
        foreach (var job in _plan.Jobs().Take(3))
            Finish(job);
    }

    [Fact]
    public async Task MeasureAsync_MetricThatResultsLack_IsStoredForEachWithItsWeights()
    {
        var summaries = await Measure(new Difference("sha-1"));

        summaries.Select(Counts).ShouldBe([("psnr", 0, 3, 0), ("difference", 3, 0, 0)]);
        summaries.ShouldAllBe(summary => summary.Undefined.Count == 0);
        _store.Writes.ShouldBe(_jobs.Take(3).Select(id => $"jobs/{id}/metrics/difference.json"), ignoreOrder: true);
        foreach (var (number, id) in _jobs.Take(3).Index())
        {
            var measurement = ArtifactJson.Read<JobMeasurement>(_store[ArtifactNames.JobMeasurement(id, "difference")]);
            var (target, reconstruction) = (Picture(number % 2), ImageFile.Decode(_store[ArtifactNames.JobReconstruction(id)], "it").Image);
            measurement.Value.ShouldBe(target[0, 0].R - reconstruction[0, 0].R);
            (measurement.JobId, measurement.Metric, measurement.Undefined).ShouldBe((id, "difference", null));
            measurement.Weights.ShouldBe([new MeasurementWeights("folder/file.pth", "sha-1")]);
            measurement.ReconstructionSha256.ShouldBe(
                Convert.ToHexStringLower(SHA256.HashData(_store[ArtifactNames.JobReconstruction(id)]))
            );
        }
    }

    [Fact]
    public async Task MeasureAsync_Repeated_KeepsWhatIsStoredAndAddsWhatIsNew()
    {
        await Measure(new Difference("sha-1"));
        var before = _jobs.Take(3).ToDictionary(id => id, id => _store[ArtifactNames.JobMeasurement(id, "difference")]);
        Finish(_plan.Jobs().Last());

        var summaries = await Measure(new Difference("sha-2"));

        Counts(summaries[1]).ShouldBe(("difference", 1, 3, 3));
        foreach (var (id, content) in before)
            _store[ArtifactNames.JobMeasurement(id, "difference")].ShouldBe(content);
    }

    [Fact]
    public async Task MeasureAsync_AgainWithOtherWeights_MeasuresWithThese()
    {
        await Measure(new Difference("sha-1"));

        var again = new SweepMeasuring(_store, Set(new Difference("sha-2")), OtherWeights.MeasureAgain);

        Counts((await again.MeasureAsync(_plan)).Metrics[1]).ShouldBe(("difference", 3, 0, 0));
        Counts((await again.MeasureAsync(_plan)).Metrics[1]).ShouldBe(("difference", 0, 3, 0));
        ArtifactJson
            .Read<JobMeasurement>(_store[ArtifactNames.JobMeasurement(_jobs[0], "difference")])
            .Weights.Single()
            .Sha256.ShouldBe("sha-2");
    }

    [Fact]
    public async Task MeasureAsync_Stopped_HasStoredWhatItMeasuredAndGoesOnFromThere()
    {
        using var stopping = new CancellationTokenSource();
        var metric = new Difference("sha-1") { AfterEach = stopping.Cancel };
        await Should.ThrowAsync<OperationCanceledException>(() =>
            new SweepMeasuring(_store, Set(metric)).MeasureAsync(_plan, cancellationToken: stopping.Token)
        );
        _store.Writes.Count.ShouldBe(1);

        var again = new Difference("sha-1");
        await Measure(again);

        again.Calls.ShouldBe(2);
        _store.Writes.ShouldBeUnique();
        _store.Writes.Count.ShouldBe(3);
    }

    [Fact]
    public async Task MeasureAsync_MetricWithoutNumber_StoresTheReason()
    {
        var summary = (await Measure(new Difference("sha-1") { Reason = "the images are too dull." })).Single(summary =>
            summary.Metric == "difference"
        );

        summary.Undefined.ShouldBe(["the images are too dull."]);
        var measurement = ArtifactJson.Read<JobMeasurement>(_store[ArtifactNames.JobMeasurement(_jobs[0], "difference")]);
        (measurement.Value, measurement.Undefined).ShouldBe((null, "the images are too dull."));
        (await Measure(new Difference("sha-1"))).Single(summary => summary.Metric == "difference").Kept.ShouldBe(3);
    }

    [Fact]
    public async Task MeasureAsync_DamagedResults_AreNamedAndTheOthersMeasured()
    {
        _store[ArtifactNames.JobReconstruction(_jobs[0])] = ImageFile.EncodePng(Picture(7));
        _store[ArtifactNames.JobResult(_jobs[1])] = "{"u8.ToArray();

        var (metrics, findings) = await new SweepMeasuring(_store, Set(new Difference("sha-1"))).MeasureAsync(_plan);

        Counts(metrics[1]).ShouldBe(("difference", 1, 0, 0));
        _store.Has(ArtifactNames.JobMeasurement(_jobs[2], "difference")).ShouldBeTrue();
        findings
            .Select(finding => (finding.Fault.Artifact, finding.Of, finding.Remedy))
            .ShouldBe(
                [
                    (ArtifactNames.JobReconstruction(_jobs[0]), "ours, image 0", Remedy.Resume),
                    (ArtifactNames.JobResult(_jobs[1]), "ours, image 1", Remedy.Resume),
                ],
                ignoreOrder: true
            );
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("of another picture")]
    [InlineData("of another job")]
    public async Task MeasureAsync_MeasurementThatDoesNotCount_IsSetAsideAndMeasuredAgain(string what)
    {
        await Measure(new Difference("sha-1"));
        var name = ArtifactNames.JobMeasurement(_jobs[0], "difference");
        var sound = _store[name];
        _store[name] = what switch
        {
            "damaged" => "{}"u8.ToArray(),
            "of another job" => _store[ArtifactNames.JobMeasurement(_jobs[1], "difference")],
            _ => ArtifactJson.Write(ArtifactJson.Read<JobMeasurement>(sound) with { ReconstructionSha256 = new string('0', 64) }),
        };

        Counts((await Measure(new Difference("sha-1")))[1]).ShouldBe(("difference", 1, 2, 0));

        _store[name].ShouldBe(sound);
        _store.Names.Count(kept => kept.StartsWith(ArtifactNames.SetAsides, StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task MeasureAsync_NumberOfAnEarlierDefinition_IsSetAsideAndMeasuredByThePresentOne()
    {
        await Measure(new Difference("sha-1"));

        Counts((await Measure(new Difference("sha-1") { Definition = 2 }))[1]).ShouldBe(("difference", 3, 0, 0));
        Counts((await Measure(new Difference("sha-1") { Definition = 2 }))[1]).ShouldBe(("difference", 0, 3, 0));
        Counts((await Measure(new Difference("sha-1")))[1]).ShouldBe(("difference", 0, 3, 0), "a number of a later definition stays");

        ArtifactJson.Read<JobMeasurement>(_store[ArtifactNames.JobMeasurement(_jobs[0], "difference")]).Definition.ShouldBe(2);
        _store.Names.Count(kept => kept.StartsWith(ArtifactNames.SetAsides, StringComparison.Ordinal)).ShouldBe(3);
    }

    [Theory]
    [InlineData("missing", "is missing")]
    [InlineData("another", "is not the image of its name")]
    [InlineData("empty", "is damaged")]
    public async Task MeasureAsync_TargetMissingOrAnother_IsNamedOnceAndTheOthersMeasured(string what, string problem)
    {
        var name = ArtifactNames.Image(_plan.Images[0].Id);
        Finish(_plan.Jobs().Last());
        if (what == "missing")
            await _store.DeleteAsync(name);
        else
            _store[name] = what == "empty" ? [] : ImageFile.EncodePng(Picture(7));

        var (metrics, findings) = await new SweepMeasuring(_store, Set(new Difference("sha-1"))).MeasureAsync(_plan);

        Counts(metrics[1]).ShouldBe(("difference", 2, 0, 0));
        var finding = findings.ShouldHaveSingleItem();
        (finding.Fault.Sentence, finding.Of, finding.Remedy).ShouldBe(($"{name} {problem}", "image 0", Remedy.RunFromFiles));
    }

    private static (string Metric, int Measured, int Kept, int KeptOfOtherWeights) Counts(MeasuringSummary summary) =>
        (summary.Metric, summary.Measured, summary.Kept, summary.KeptOfOtherWeights);

    private async Task<ImmutableArray<MeasuringSummary>> Measure(Difference metric)
    {
        var (metrics, findings) = await new SweepMeasuring(_store, Set(metric)).MeasureAsync(_plan);
        findings.ShouldBeEmpty();
        return metrics;
    }

    private static MetricSet Set(Difference metric) => new([new PeakSignalToNoiseRatio(), metric], new Dictionary<string, string>());

    private void Finish(PlannedJob job)
    {
        var png = ImageFile.EncodePng(Picture(job.Spec.Method.Length));
        _store[ArtifactNames.JobReconstruction(job.Spec.Id)] = png;
        _store[ArtifactNames.JobResult(job.Spec.Id)] = ArtifactJson.Write(
            new JobResult
            {
                JobId = job.Spec.Id,
                Spec = job.Spec,
                Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("psnr", 20),
                Losses = [],
                Iterations = 1,
                DeviceSeconds = 1,
                Device = "cpu",
                ReconstructionSha256 = Convert.ToHexStringLower(SHA256.HashData(png)),
                ProductVersion = "1",
            }
        );
    }

    private static SweepCell Cell(string method) =>
        new()
        {
            Label = method,
            Method = method,
            Settings = ImmutableSortedDictionary<string, string>.Empty,
            Subspaces = null,
            Iterations = 1,
            BytesPerJob = 1,
            MultiplyAddsPerIteration = 1,
        };

    private static RgbImage Picture(int number) => new(4, 4, [.. Enumerable.Range(0, 48).Select(i => (byte)(40 * number + i))]);

    private sealed class Difference(string sha256) : IImageMetric
    {
        public string Name => "difference";

        public string Title => "difference";

        public string Unit => "levels";

        public bool HigherIsBetter => false;

        public int Digits => 1;

        public int Definition { get; init; } = 1;

        public IReadOnlyList<WeightsSource> Weights => [new("folder/file.pth", sha256)];

        public Action? AfterEach { get; init; }

        public string? Reason { get; init; }

        public int Calls { get; private set; }

        public double Measure(RgbImage reference, RgbImage image)
        {
            Calls++;
            AfterEach?.Invoke();
            return Reason is null ? reference[0, 0].R - image[0, 0].R : throw new UndefinedMetricException(Reason);
        }
    }
}
