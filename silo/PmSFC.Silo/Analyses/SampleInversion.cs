using PmSFC.Abstractions.Failures;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using TorchSharp;

namespace PmSFC.Silo.Analyses;

/// <summary>
/// Inverts a generator's own samples: images that it can draw, so that what is missing in their reconstructions is the search's or the weights' fault and
/// not the images'. The samples are the same each time. The loss is that of pixels alone, since not every generator brings a perceptual network.
/// </summary>
public sealed class SampleInversion : IAsyncDisposable
{
    /// <summary>How many samples there are, where the device has room for them.</summary>
    public const int Samples = 4;

    // More than the presets have, and enough to see where a search ends.
    private const int MostIterations = 1000;
    private const int TimedIterations = 3;
    private const int Seed = 2020;
    private const long Mebibyte = 1 << 20;

    private static readonly PeakSignalToNoiseRatio Metric = new();

    private readonly EngineCatalog _engine;
    private readonly IGeneratorWeights _weights;
    private readonly Device _device;
    private readonly TimeProvider _time;
    private IGenerator? _generator;
    private torch.Tensor? _targets; // [samples, 3, H, W], range −1 to 1

    private SampleInversion(EngineCatalog engine, IGeneratorWeights weights, DeviceOptions device, TimeProvider time) =>
        (_engine, _weights, _device, _time) = (engine, weights, new Device(device, time), time);

    /// <summary>The methods that are tried, by name: one code for the whole generator, and several whose features are composed.</summary>
    public static IReadOnlyList<string> Methods { get; } = ["invertgennet", "mganprior"];

    /// <summary>Reads a generator.</summary>
    /// <param name="engine">Families and methods.</param>
    /// <param name="store">Where the generator is.</param>
    /// <param name="generatorId">Its id.</param>
    /// <param name="device">What computes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="BadInputException">The store has no such generator, or a damaged one.</exception>
    public static async Task<SampleInversion> OpenAsync(
        EngineCatalog engine,
        IArtifactStore store,
        string generatorId,
        DeviceOptions device,
        TimeProvider time,
        CancellationToken cancellationToken = default
    ) => new(engine, await GeneratorSource.ReadWeightsAsync(engine, generatorId, store, cancellationToken), device, time);

    /// <summary>Draws the samples.</summary>
    public Task<GeneratorSamples> DrawAsync() =>
        _device.Thread.RunAsync(() =>
        {
            _generator ??= _weights.Load(_device.Torch);
            using var scope = torch.NewDisposeScope();
            using var off = torch.no_grad();
            using var random = new torch.Generator(Seed, torch.CPU);
            using Scalar one = 1;
            var codes = torch.randn([Samples, _generator.Architecture.LatentSize], generator: random, device: torch.CPU);
            var drawn = _generator.Forward(codes.to(_device.Torch)).cpu();
            var images = ImageTensors.FromTensor(drawn);
            _targets = ImageTensors.ToTensor(images, _device.Torch).DetachFromDisposeScope();
            return new GeneratorSamples(
                [.. images],
                drawn.isfinite().all().item<bool>(),
                drawn.abs().gt(one).to(torch.ScalarType.Float64).mean().item<double>(),
                _targets.std(0, unbiased: false).mean().item<float>()
            );
        });

    /// <summary>Inverts the samples by a method, with as many iterations as there is time for.</summary>
    /// <param name="name">One of <see cref="Methods"/>.</param>
    /// <param name="duration">How long it may take, about.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <exception cref="InvalidOperationException">The samples are not drawn.</exception>
    /// <exception cref="BadInputException">The device has not the memory for one sample.</exception>
    public Task<SampleReconstructions> InvertAsync(string name, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        var targets = _targets ?? throw new InvalidOperationException("The samples are not drawn.");
        var method = (IOptimizationMethod)_engine.FindMethod(name)!;
        return _device.Thread.RunAsync(() =>
        {
            var batch = BatchOf(method);
            using var scope = torch.NewDisposeScope();
            var some = targets.narrow(0, 0, batch);
            var iterations = IterationsIn(method, some, duration, cancellationToken);
            using var run = method.Start(Problem(method, some, iterations));
            var began = _time.GetTimestamp();
            while (!run.IsFinished)
            {
                cancellationToken.ThrowIfCancellationRequested();
                run.Step();
            }

            var images = ImageTensors.FromTensor(run.Reconstruct());
            var originals = ImageTensors.FromTensor(some);
            return new SampleReconstructions(
                method.Title,
                iterations,
                _time.GetElapsedTime(began),
                [.. images],
                [.. images.Select((image, i) => Metric.Measure(originals[i], image))]
            );
        });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _device.Thread.RunAsync(() =>
        {
            _targets?.Dispose();
            _generator?.Dispose();
        });
        await _device.DisposeAsync();
    }

    private int BatchOf(IOptimizationMethod method)
    {
        var (settings, architecture) = (SettingsOf(method, 1), _weights.Architecture);
        var available = _device.Options.ResolveMemoryBytes();
        var most = WorkPlanner.MaximumBatch(method, settings, architecture, 1, null, available);
        if (most > 0)
            return Math.Min(most, Samples);
        var needed = WorkPlanner.Estimate(method, settings, architecture, 1, null, 1).Bytes;
        throw new BadInputException(
            $"'{method.Name}' needs {(needed + Mebibyte - 1) / Mebibyte} MiB for one sample, but this device offers {available / Mebibyte} MiB; "
                + "offer more with --memory."
        );
    }

    /// <summary>How many iterations fit into a time, by the time that some take.</summary>
    private int IterationsIn(IOptimizationMethod method, torch.Tensor targets, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        using var run = method.Start(Problem(method, targets, TimedIterations + 1));
        // The first one takes longer, since libraries prepare themselves.
        run.Step();
        var second = _time.GetTimestamp();
        for (var i = 0; i < TimedIterations; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Step();
            _ = run.Losses();
        }

        var each = _time.GetElapsedTime(second) / TimedIterations;
        var left = duration - _time.GetElapsedTime(began);
        return (int)Math.Clamp(left / each, 1, MostIterations);
    }

    private InversionProblem Problem(IOptimizationMethod method, torch.Tensor targets, int iterations)
    {
        var task = new ReconstructionTask();
        return new InversionProblem
        {
            Generator = _generator!,
            Degradation = task.Bind(
                new TaskInputs
                {
                    Settings = task.Settings.Resolve(null, new Dictionary<string, string>()).Settings!,
                    Resolution = _weights.Architecture.Resolution,
                    Device = _device.Torch,
                    Dtype = torch.ScalarType.Float32,
                }
            ),
            Targets = targets,
            Seeds = [.. Enumerable.Range(0, (int)targets.shape[0]).Select(image => (long)image)],
            Settings = SettingsOf(method, iterations),
        };
    }

    /// <summary>Those of the tuned preset that suits the generator, where it can be cut as that says.</summary>
    private ResolvedSettings SettingsOf(IOptimizationMethod method, int iterations)
    {
        var given = new Dictionary<string, string> { ["iterations"] = $"{iterations}", ["perceptual"] = "none" };
        var preset = TunedPresets.Of(method.Settings, _weights.Architecture);
        var settings = method.Settings.Resolve(preset, given).Settings!;
        if (settings.ContainsKey(SplitSetting.Name) && SplitSetting.Bind(settings) > _weights.Architecture.LargestSplit)
            settings = method
                .Settings.Resolve(
                    preset,
                    new Dictionary<string, string>(given) { [SplitSetting.Name] = $"{_weights.Architecture.LargestSplit}" }
                )
                .Settings!;
        return settings;
    }
}
