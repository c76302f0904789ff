using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace PmSFC.Cluster.Tests.Support;

public sealed class PortsTests
{
    [Fact]
    public async Task Free_ManyWhoAskAtOnce_GetPortsOfTheirOwnThatCanBeUsed()
    {
        var ports = (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Ports.Free(5)))))
            .SelectMany(given => given)
            .ToArray();

        ports.ShouldBeUnique();
        var held = IPGlobalProperties.GetIPGlobalProperties().GetActiveUdpListeners().Select(end => end.Port).ToHashSet();
        ports.ShouldAllBe(port => held.Contains(port), "another process must not take them");
        foreach (var port in ports)
        {
            using var listener = new TcpListener(IPAddress.IPv6Any, port);
            listener.Start();
        }
    }
}
