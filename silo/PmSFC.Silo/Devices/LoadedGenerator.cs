using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;

namespace PmSFC.Silo.Devices;

/// <summary>A generator on a device, with the perceptual network that was imported with it, if any.</summary>
public sealed record LoadedGenerator(IGenerator Generator, IPerceptualNetwork? Perceptual) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Generator.Dispose();
        Perceptual?.Dispose();
    }
}
