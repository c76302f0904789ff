using BenchmarkDotNet.Attributes;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tasks;
using static TorchSharp.torch;

namespace PmSFC.Benchmarks;

/// <summary>One iteration of a search on images of 64 pixels by the bundled generator, without a perceptual network: the loop that sweeps spend their time in.</summary>
[InProcess]
public class StepBenchmarks
{
    private IGenerator _generator = null!;
    private IDegradation _degradation = null!;
    private Tensor _targets = null!;
    private InversionRun _run = null!;

    /// <summary>The method.</summary>
    [Params("pmsfc", "mganprior", "invertgennet")]
    public string Method { get; set; } = "";

    /// <summary>B: images that are inverted together.</summary>
    [Params(1, 4)]
    public int Images { get; set; }

    /// <summary>Begins a search that does not end while it is measured.</summary>
    [GlobalSetup]
    public void Begin()
    {
        var method = (IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod(Method)!;
        var task = EngineCatalog.BuiltIn.FindTask("inversion")!;
        _generator = Bundled.Load();
        _targets = zeros(Images, 3, _generator.Architecture.Resolution, _generator.Architecture.Resolution);
        _degradation = task.Bind(
            new TaskInputs
            {
                Settings = task.Settings.Resolve(null, new Dictionary<string, string>()).Settings!,
                Resolution = _generator.Architecture.Resolution,
                Device = CPU,
                Dtype = ScalarType.Float32,
            }
        );
        var settings = method
            .Settings.Resolve("tuned", new Dictionary<string, string> { ["iterations"] = "1000000", ["perceptual"] = "none" })
            .Settings!;
        var split = method is IFeatureComposingMethod ? SplitSetting.Bind(settings) : 1;
        _run = method.Start(
            new InversionProblem
            {
                Generator = _generator,
                Degradation = _degradation,
                Targets = _targets,
                Seeds = [.. Enumerable.Range(0, Images).Select(image => (long)image)],
                Settings = settings,
                Partition = new ChannelPartition(
                    [.. Enumerable.Range(0, _generator.Architecture.ChannelsAt(split)).Select(channel => channel % 6)],
                    6
                ),
            }
        );
    }

    /// <summary>Frees what <see cref="Begin"/> made.</summary>
    [GlobalCleanup]
    public void End()
    {
        _run.Dispose();
        _degradation.Dispose();
        _targets.Dispose();
        _generator.Dispose();
    }

    /// <summary>Forward, backward and Adam.</summary>
    [Benchmark]
    public void Step() => _run.Step();
}
