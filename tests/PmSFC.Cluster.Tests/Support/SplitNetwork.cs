using System.Net;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Network namespaces that reach this machine's and each other, until they are cut from each other.</summary>
internal sealed class SplitNetwork : INeed, IDisposable
{
    private const string Name = "pmsfc";

    private readonly int _places;

    public SplitNetwork(int places)
    {
        _places = places;
        Clear();
        Ip($"link add {Name} type bridge");
        Ip($"address add {Here}/24 dev {Name}");
        Ip($"link set {Name} up");
        for (var i = 0; i < places; i++)
        {
            Ip($"netns add {Name}{i}");
            Ip($"link add {Name}{i} type veth peer name eth0 netns {Name}{i}");
            Ip($"link set {Name}{i} master {Name} up");
            Ip($"-n {Name}{i} address add {Address(i)}/24 dev eth0");
            Ip($"-n {Name}{i} link set eth0 up");
            Ip($"-n {Name}{i} link set lo up");
        }
    }

    /// <summary>Why there can be none here, or null where there can.</summary>
    public static string? Missing { get; } = Probe();

    /// <summary>Where this process is reached from all places.</summary>
    public IPAddress Here { get; } = IPAddress.Parse("10.77.0.1");

    /// <summary>The places, one for each silo.</summary>
    public IReadOnlyList<SiloPlace> Places => [.. Enumerable.Range(0, _places).Select(i => new SiloPlace(Address(i), $"{Name}{i}"))];

    /// <summary>From now on the places reach this machine alone, or each other again.</summary>
    public void Cut(bool isCut = true)
    {
        for (var i = 0; i < _places; i++)
            Ip($"link set dev {Name}{i} type bridge_slave isolated {(isCut ? "on" : "off")}");
    }

    public void Dispose() => Clear();

    private static IPAddress Address(int place) => IPAddress.Parse($"10.77.0.{place + 11}");

    private static void Clear()
    {
        foreach (
            var found in Ip("netns list")
                .Split('\n')
                .Select(line => line.Split(' ')[0])
                .Where(name => name.StartsWith(Name, StringComparison.Ordinal))
        )
            Ip($"netns delete {found}");
        if (Directory.Exists($"/sys/class/net/{Name}"))
            Ip($"link delete {Name}");
    }

    private static string? Probe()
    {
        try
        {
            using var network = new SplitNetwork(1);
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return $"It needs network namespaces: install iproute2 and run as root ({e.Message.Trim()}).";
        }
    }

    private static string Ip(string command)
    {
        var (code, output, error) = ChildProcess.Run("ip", command.Split(' '));
        return code == 0 ? output : throw new InvalidOperationException($"ip {command}: {error}");
    }
}
