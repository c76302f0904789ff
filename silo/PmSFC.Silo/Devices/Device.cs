using TorchSharp;

namespace PmSFC.Silo.Devices;

/// <summary>A device as its workloads see it.</summary>
public sealed class Device : IAsyncDisposable
{
    /// <summary>Opens a device.</summary>
    public Device(DeviceOptions options, TimeProvider time)
    {
        Options = options;
        Name = options.Describe();
        Thread = new DeviceThread($"device {options.Device}", time);
        Generators = new LoadedGenerators();
    }

    /// <summary>Its options.</summary>
    public DeviceOptions Options { get; }

    /// <summary>Its name for people.</summary>
    public string Name { get; }

    /// <summary>Where its tensor code runs.</summary>
    public DeviceThread Thread { get; }

    /// <summary>Generators whose weights are on the device.</summary>
    public LoadedGenerators Generators { get; }

    /// <summary>Prepares libtorch for the device; on the device's thread.</summary>
    public torch.Device Torch => field ??= Open(Options);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Thread.RunAsync(Generators.Dispose);
        Thread.Dispose();
    }

    /// <summary>Prepares libtorch for a device.</summary>
    internal static torch.Device Open(DeviceOptions options)
    {
        if (options.Device == "cpu")
        {
            torch.set_num_threads(options.Threads);
        }
        else
        {
            // TF32, cuDNN's default, keeps 10 bits of a mantissa: what a CPU and a GPU give would differ in the fourth digit.
            torch.backends.cudnn.allow_tf32 = false;
            torch.backends.cuda.matmul.allow_tf32 = false;
        }

        return torch.device(options.Device);
    }
}
