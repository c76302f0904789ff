using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Engine;
using PmSFC.Engine.Inversion;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Tests.Telemetry;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Workloads.Previews;

/// <summary>Previews of jobs that run on the workload, on a clock that moves by a second an iteration.</summary>
[Collection(TensorsCollection.Name)]
public sealed class PreviewTests : IAsyncLifetime
{
    private readonly EagerTime _time = new();
    private readonly MemoryStore _store = new();
    private readonly Works _works = new();
    private readonly TracedLines _log = new();
    private Device _device = null!;

    public async Task InitializeAsync()
    {
        _device = new Device(new DeviceOptions { Threads = 1, Host = nameof(PreviewTests) }, _time);
        await TinyGenerator.Store(_store);
    }

    public async Task DisposeAsync() => await _device.DisposeAsync();

    [Theory]
    [InlineData("mganprior")]
    [InlineData("invertgennet")]
    public async Task Run_RealMethod_ShowsWhatItHasComeToUntilTheResultIsStoredAndChangesNoBit(string method)
    {
        var specs = await Specs(method);
        await Run(EngineCatalog.BuiltIn.FindMethod(method)!, specs);
        var undisturbed = specs.Select(spec => (Result(spec), _store[ArtifactNames.JobCodes(spec.Id)])).ToArray();
        foreach (var name in _store.Names.Where(name => name.StartsWith(ArtifactNames.Jobs, StringComparison.Ordinal)))
            await _store.DeleteAsync(name);
        _works.Outcomes.Clear();

        var seen = new List<(JobPreview Record, RgbImage Picture)[]>();
        await Run(new HookedMethod((IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(method)!, run =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                if (run.Iteration is 9)
                    _store.Names.ShouldNotContain(name => name.StartsWith(ArtifactNames.Previews, StringComparison.Ordinal));
                if (run.Iteration is 20 or 170)
                    seen.Add([.. specs.Select(spec => Seen(spec, run.Iteration - 10))]);
            }), specs);

        seen.Count.ShouldBe(2);
        foreach (var (i, spec) in specs.Index())
        {
            var (result, codes) = undisturbed[i];
            var (early, late) = (seen[0][i], seen[1][i]);
            (early.Record.Iterations, late.Record.Iterations).ShouldBe((312, 312));
            (early.Picture.Width, early.Picture.Height).ShouldBe((TinyGenerator.Resolution, TinyGenerator.Resolution));
            early.Picture.ShouldNotBe(late.Picture);
            early.Record.Losses.ShouldBe(result.Losses.Where(point => point.Iteration <= 10));
            late.Record.Losses.ShouldBe(result.Losses.Where(point => point.Iteration <= 160));
            Result(spec).Losses.ShouldBe(result.Losses);
            Result(spec).ReconstructionSha256.ShouldBe(result.ReconstructionSha256);
            _store[ArtifactNames.JobCodes(spec.Id)].ShouldBe(codes);
        }

        seen[0][0].Picture.ShouldNotBe(seen[0][1].Picture);
        _store.Names.ShouldNotContain(name => name.StartsWith(ArtifactNames.Previews, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Colorization_ShowsWhatTheResultWouldBe()
    {
        var spec = Works.Spec(await TinyGenerator.StoreImage(_store, 1)) with { Task = "colorization" };
        RgbImage? shown = null;
        await Run(
            new FakeMethod
            {
                Iterations = 199,
                BeforeStep = run =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    if (run.Iteration == 170)
                        shown = Seen(spec, 150).Picture;
                },
            },
            spec
        );

        shown.ShouldBe(ImageFile.Decode(_store[ArtifactNames.JobReconstruction(spec.Id)], "result").Image);
    }

    [Fact]
    public async Task Run_Stopped_KeepsItsPreviewBesideItsCheckpoints()
    {
        var spec = Works.Spec(await TinyGenerator.StoreImage(_store, 1));
        var work = _works.Lease(spec);
        await Run(
            new FakeMethod
            {
                Iterations = 199,
                BeforeStep = run =>
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    if (run.Iteration != 170)
                        return;
                    Seen(spec, 150);
                    work.RequestStop(StopReason.Cancelled);
                },
            },
            work
        );

        _works.Outcomes[spec.Id].Outcome.ShouldBe(WorkOutcome.Cancelled);
        _store.Has(ArtifactNames.PreviewPicture(spec.Id)).ShouldBeTrue();
        Record(spec)!.Iteration.ShouldBe(150);
    }

    [Fact]
    public async Task Run_StoreTakesNoPreviews_SaysSoOnceForEachJobAndEndsWell()
    {
        var asked = 0;
        _store.Refused = name => name.StartsWith(ArtifactNames.Previews, StringComparison.Ordinal) && Interlocked.Increment(ref asked) > 0;
        _store.Refusals = int.MaxValue;
        JobSpec[] specs = [Works.Spec(await TinyGenerator.StoreImage(_store, 1)), Works.Spec(await TinyGenerator.StoreImage(_store, 2))];
        var method = new FakeMethod
        {
            Iterations = 450,
            BeforeStep = run =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                if (run.Iteration % 150 == 60)
                    Wait(() => Volatile.Read(ref asked) == ((run.Iteration / 150) + 1) * specs.Length);
            },
        };

        await Run(method, specs);

        _works.Outcomes.Values.ShouldAllBe(outcome => outcome.Outcome == WorkOutcome.Succeeded);
        _log.Lines.Count(line => line.Message.Contains("has no new preview", StringComparison.Ordinal)).ShouldBe(2);
        _log.Lines.Count(line => line.Message.Contains("503", StringComparison.Ordinal))
            .ShouldBe(4, "once for its writing and once for its removal");
    }

    [Fact]
    public async Task Run_PreviewCannotBeDrawn_GoesOnWithoutAny()
    {
        var tried = new List<int>();
        var spec = Works.Spec(await TinyGenerator.StoreImage(_store, 1));
        await Run(
            new FakeMethod
            {
                Iterations = 450,
                BeforeStep = _ => _time.Advance(TimeSpan.FromSeconds(1)),
                BeforeReconstruction = run =>
                {
                    tried.Add(run.Iteration);
                    if (!run.IsFinished)
                        throw new InvalidOperationException("no memory for this");
                },
            },
            spec
        );

        _works.Outcomes[spec.Id].Outcome.ShouldBe(WorkOutcome.Succeeded);
        tried.ShouldBe([10, 450]);
        _log.Lines.Where(line => line.Message.Contains("has no new preview", StringComparison.Ordinal))
            .ShouldHaveSingleItem()
            .Message.ShouldContain("no memory for this");
    }

    private static void Wait(Func<bool> condition) => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)).ShouldBeTrue();

    private (JobPreview Record, RgbImage Picture) Seen(JobSpec spec, int iteration)
    {
        Wait(() => Record(spec)?.Iteration == iteration);
        return (Record(spec)!, ImageFile.Decode(_store[ArtifactNames.PreviewPicture(spec.Id)], "preview").Image);
    }

    private JobPreview? Record(JobSpec spec) =>
        _store.Has(ArtifactNames.Preview(spec.Id)) ? ArtifactJson.Read<JobPreview>(_store[ArtifactNames.Preview(spec.Id)]) : null;

    private async Task<JobSpec[]> Specs(string method)
    {
        var settings = EngineCatalog.BuiltIn.FindMethod(method)!.Settings;
        var own = new Dictionary<string, string>
        {
            ["iterations"] = "312",
            ["split"] = "3",
            ["codes"] = "2",
            ["perceptual"] = "none",
            ["restarts"] = "2",
        }
            .Where(setting => settings.Definitions.Any(definition => definition.Name == setting.Key))
            .ToDictionary();
        (string, string)[] resolved = [.. settings.Resolve(null, own).Settings!.Select(setting => (setting.Key, setting.Value))];
        return
        [
            Works.Spec(await TinyGenerator.StoreImage(_store, 1), method, resolved),
            Works.Spec(await TinyGenerator.StoreImage(_store, 2), method, resolved),
        ];
    }

    private JobResult Result(JobSpec spec) => ArtifactJson.Read<JobResult>(_store[ArtifactNames.JobResult(spec.Id)]);

    private Task Run(IInversionMethod method, params JobSpec[] specs) => Run(method, [.. specs.Select(spec => _works.Lease(spec))]);

    private async Task Run(IInversionMethod method, params LeasedWork[] works)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        await new InversionWorkload(
            _store,
            EngineCatalog.BuiltIn with
            {
                Methods = [method],
            },
            _time,
            loggers.CreateLogger<InversionWorkload>()
        ).RunAsync(new WorkBatch(_device, works), default);
    }
}
