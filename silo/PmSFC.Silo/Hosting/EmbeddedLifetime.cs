using Microsoft.Extensions.Hosting;

namespace PmSFC.Silo.Hosting;

/// <summary>Leaves the process's signals to the code that embeds the host.</summary>
public sealed class EmbeddedLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
