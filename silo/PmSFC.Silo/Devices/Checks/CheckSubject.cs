using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using TorchSharp;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>A device with what is computed on it. Only for the device's thread.</summary>
/// <param name="device">Where everything is.</param>
/// <param name="weights">The bundled generator's.</param>
/// <param name="perceptual">The file of its discriminator.</param>
/// <param name="dtype">What is computed in: single precision, or double to see how good the known answers are.</param>
internal sealed class CheckSubject(
    torch.Device device,
    IGeneratorWeights weights,
    ReadOnlyMemory<byte> perceptual,
    torch.ScalarType dtype = torch.ScalarType.Float32
) : IDisposable
{
    public torch.Device Device => device;

    public IGenerator Generator { get; } = weights.Load(device, dtype);

    public IPerceptualNetwork Perceptual { get; } =
        EngineCatalog.BuiltIn.Perceptual.Load(perceptual, "the bundled discriminator", device, dtype);

    /// <summary>The methods whose searches are checked; another stands for a device on which they go wrong.</summary>
    public IReadOnlyList<IOptimizationMethod> Methods { get; init; } = [new PmsfcMethod(), new MganpriorMethod()];

    /// <summary>The convolution that is checked, of (x, weight, bias, stride, padding); another stands for a device on which it goes wrong.</summary>
    public Func<torch.Tensor, torch.Tensor, torch.Tensor, int, int, torch.Tensor> Convolve { get; init; } = Convolution.Apply;

    /// <summary>Numbers of <see cref="CheckInputs"/> on the device; owned by the caller's dispose scope.</summary>
    public torch.Tensor Numbers(long seed, params long[] shape) =>
        torch.tensor(CheckInputs.Numbers(seed, shape.Aggregate((a, b) => a * b)), dtype: dtype, device: device).reshape(shape);

    /// <summary>A search for images, from its start.</summary>
    /// <param name="method">The method's name.</param>
    /// <param name="targets">[B, 3, H, W].</param>
    /// <param name="preset">A preset, or null for none.</param>
    /// <param name="subspaces">R, for a method that uses subspaces.</param>
    /// <param name="settings">Settings instead of the preset's.</param>
    public InversionRun Start(
        string method,
        torch.Tensor targets,
        string? preset,
        int subspaces,
        params (string Name, string Value)[] settings
    )
    {
        var chosen = Methods.First(candidate => candidate.Name == method);
        var resolved = chosen.Settings.Resolve(preset, settings.ToDictionary(setting => setting.Name, setting => setting.Value)).Settings!;
        var task = new ReconstructionTask();
        var channels = Generator.Architecture.ChannelsAt(SplitSetting.Bind(resolved));
        return chosen.Start(
            new InversionProblem
            {
                Generator = Generator,
                Perceptual = Perceptual,
                Degradation = task.Bind(
                    new TaskInputs
                    {
                        Settings = task.Settings.Resolve(null, new Dictionary<string, string>()).Settings!,
                        Resolution = Generator.Architecture.Resolution,
                        Device = device,
                        Dtype = dtype,
                    }
                ),
                Partition = chosen.UsesSubspaces
                    ? new ChannelPartition([.. Enumerable.Range(0, channels).Select(c => c * 5 % 11 % subspaces)], subspaces)
                    : null,
                Targets = targets,
                Seeds = [.. Enumerable.Range(0, (int)targets.shape[0]).Select(image => (long)image)],
                Settings = resolved,
            }
        );
    }

    public void Dispose()
    {
        Generator.Dispose();
        Perceptual.Dispose();
    }
}
