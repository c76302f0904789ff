using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PmSFC.Testing;

/// <summary>Ports that are free, and that no other test takes before they are used.</summary>
public static class Ports
{
    // Below those that the system gives to connections and to programs that ask for any port, and below the usual ones of Orleans and Kubernetes.
    private const int First = 20_000,
        Count = 9_000;

    // A port of UDP that is held says to other processes of tests that the one of TCP with this number is taken: it can be held while somebody else listens on that, and goes with the process.
    private static readonly ConcurrentBag<Socket> Claims = [];
    private static int s_next = Random.Shared.Next(Count);

    /// <summary>Takes ports for as long as this process runs.</summary>
    public static int[] Free(int count) => [.. Enumerable.Range(0, count).Select(_ => Take())];

    private static int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + Interlocked.Increment(ref s_next) % Count;
            var claim = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                claim.Bind(new IPEndPoint(IPAddress.Loopback, port));
                using var listener = new TcpListener(IPAddress.Any, port);
                listener.Start();
                Claims.Add(claim);
                return port;
            }
            catch (SocketException)
            {
                claim.Dispose();
            }
        }

        throw new InvalidOperationException($"All ports from {First} to {First + Count - 1} are in use.");
    }
}
