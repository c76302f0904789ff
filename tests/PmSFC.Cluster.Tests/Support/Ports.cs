using System.Net;
using System.Net.Sockets;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Ports that the operating system says are free.</summary>
internal static class Ports
{
    public static int[] Free(int count)
    {
        // Held all at once, so that no two are the same.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
