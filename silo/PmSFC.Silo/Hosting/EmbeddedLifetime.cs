using Microsoft.Extensions.Hosting;

namespace PmSFC.Silo.Hosting;

/// <summary>Leaves the process's signals to whoever embeds the silo.</summary>
internal sealed class EmbeddedLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
