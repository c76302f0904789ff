using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace PmSFC.Silo.Hosting;

/// <summary>Listeners that open no socket and accept nothing, for a silo that nobody outside its process talks to.</summary>
internal sealed class ClosedListenerFactory : IConnectionListenerFactory
{
    /// <summary>Replaces whatever listens for the silo and for its gateway.</summary>
    public static void ReplaceAll(IServiceCollection services)
    {
        foreach (
            var listener in services
                .Where(service => service.ServiceType == typeof(IConnectionListenerFactory) && service.IsKeyedService)
                .ToArray()
        )
        {
            services.Remove(listener);
            services.AddKeyedSingleton<IConnectionListenerFactory, ClosedListenerFactory>(listener.ServiceKey);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new Listener(endpoint));

    private sealed class Listener(EndPoint endpoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _unbound.Task.WaitAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
