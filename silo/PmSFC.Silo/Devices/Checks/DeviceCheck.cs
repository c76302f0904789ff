using System.Runtime.CompilerServices;
using PmSFC.Engine.Generators;
using TorchSharp;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>
/// Checks a device with the bundled generator: known answers first, then how fast it is. Tolerances are for single precision; docs/devices.md has what was
/// measured on CPUs and why they are what they are.
/// </summary>
public sealed class DeviceCheck : IAsyncDisposable
{
    private static readonly IDeviceCheck[] Checks =
    [
        new ConvolutionCheck(),
        new GeneratorCheck(),
        SearchCheck.Pmsfc,
        SearchCheck.Mganprior,
    ];

    private readonly Device _device;
    private readonly IGeneratorWeights _weights;
    private readonly ReadOnlyMemory<byte> _perceptual;
    private readonly TimeProvider _time;
    private CheckSubject? _subject;

    /// <summary>Prepares a check.</summary>
    /// <param name="options">The device.</param>
    /// <param name="weights">The bundled generator's.</param>
    /// <param name="perceptual">The file of its discriminator.</param>
    /// <param name="time">Measures how fast the device is.</param>
    public DeviceCheck(DeviceOptions options, IGeneratorWeights weights, ReadOnlyMemory<byte> perceptual, TimeProvider time) =>
        (_device, _weights, _perceptual, _time) = (new Device(options, time), weights, perceptual, time);

    /// <summary>Runs every check, each result as soon as it is there. A check that fails in itself is a result too.</summary>
    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var check in Checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var result in await _device.Thread.RunAsync(() => Run(check, () => Subject)))
                yield return result;
        }
    }

    /// <summary>Measures how fast the device is.</summary>
    public async IAsyncEnumerable<Benchmark> MeasureAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var benchmark in DeviceBenchmarks.All)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await _device.Thread.RunAsync(() => benchmark(Subject, _time));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _device.Thread.RunAsync(() => _subject?.Dispose());
        await _device.DisposeAsync();
    }

    /// <summary>Runs checks, all of them where none is named, in the caller's thread.</summary>
    internal static IReadOnlyList<CheckResult> Run(CheckSubject subject, params IDeviceCheck[] checks) =>
        [.. (checks.Length == 0 ? Checks : checks).SelectMany(check => Run(check, () => subject))];

    private CheckSubject Subject => _subject ??= new CheckSubject(_device.Torch, _weights, _perceptual);

    private static IReadOnlyList<CheckResult> Run(IDeviceCheck check, Func<CheckSubject> subject)
    {
        try
        {
            // Made outside the scope, which would take its weights along.
            var made = subject();
            using var scope = torch.NewDisposeScope();
            return check.Run(made);
        }
        catch (Exception e)
        {
            // Whatever a device or its library throws means that it did not compute.
            return [new CheckResult(check.Name, double.NaN, 0, e.Message.Split('\n', 2)[0].TrimEnd('.'))];
        }
    }
}
