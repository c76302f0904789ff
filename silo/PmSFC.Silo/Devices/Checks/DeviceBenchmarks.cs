using System.Globalization;
using PmSFC.Engine.Settings;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>Measures a device for a few seconds. Only for the device's thread.</summary>
internal static class DeviceBenchmarks
{
    private const int Subspaces = 6;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.7);

    /// <summary>What is measured, each by its function.</summary>
    public static IReadOnlyList<Func<CheckSubject, TimeProvider, Benchmark>> All { get; } =
    [(subject, time) => Iterations(subject, time, 1), (subject, time) => Iterations(subject, time, 8), MatrixProduct, Convolutions, Copies];

    private static Benchmark Iterations(CheckSubject subject, TimeProvider time, int images)
    {
        using var scope = NewDisposeScope();
        var targets = CheckInputs.Picture(subject.Generator.Architecture.Resolution, subject.Device).repeat(images, 1, 1, 1);
        using var run = subject.Start("pmsfc", targets, PresetNames.Tuned, Subspaces);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"pmsfc, preset {PresetNames.Tuned}, {images} {(images == 1 ? "image" : "images")} at once"
        );
        return new Benchmark(name, images * Rate(subject.Device, time, run.Step), "iterations of an image/s");
    }

    private static Benchmark MatrixProduct(CheckSubject subject, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        var side = IsCpu(subject.Device) ? 1024L : 8192L;
        var (a, b) = (ones(side, side, device: subject.Device), ones(side, side, device: subject.Device));
        return new Benchmark(
            $"product of {side}×{side} matrices",
            2e-9 * side * side * side * Rate(subject.Device, time, () => a.mm(b).Dispose()),
            "GFLOP/s"
        );
    }

    private static Benchmark Convolutions(CheckSubject subject, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        var (images, channels, side) = IsCpu(subject.Device) ? (8L, 64L, 32L) : (32L, 256L, 64L);
        var x = ones(images, channels, side, side, device: subject.Device);
        var (weight, bias) = (ones(channels, channels, 3, 3, device: subject.Device), ones(channels, device: subject.Device));
        var work = 2e-9 * images * channels * channels * 9 * side * side;
        return new Benchmark(
            $"3×3 convolution, {channels} channels",
            work * Rate(subject.Device, time, () => subject.Convolve(x, weight, bias, 1, 1).Dispose()),
            "GFLOP/s"
        );
    }

    private static Benchmark Copies(CheckSubject subject, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        const long Elements = 1 << 26;
        var (from, to) = (ones(Elements, device: subject.Device), zeros(Elements, device: subject.Device));
        return new Benchmark(
            "copy of 256 MiB, read and written",
            2e-9 * Elements * sizeof(float) * Rate(subject.Device, time, () => to.copy_(from)),
            "GB/s"
        );
    }

    /// <returns>How often a second the work is done, after once to warm up.</returns>
    private static double Rate(torch.Device device, TimeProvider time, Action work)
    {
        work();
        Wait(device);
        var (times, began) = (0, time.GetTimestamp());
        do
        {
            work();
            times++;
            if (!IsCpu(device) && times % 16 != 0)
                continue;
            Wait(device);
        } while (time.GetElapsedTime(began) < Enough);
        Wait(device);
        return times / time.GetElapsedTime(began).TotalSeconds;
    }

    private static void Wait(torch.Device device)
    {
        if (!IsCpu(device))
            cuda.synchronize(device);
    }

    private static bool IsCpu(torch.Device device) => device.type == DeviceType.CPU;
}
