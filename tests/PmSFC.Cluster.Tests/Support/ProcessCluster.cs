using PmSFC.Cli.Tests.Support;
using PmSFC.Storage;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Silos as processes on a container of their own, and clients of them.</summary>
internal sealed class ProcessCluster : IDisposable
{
    // Short, so that a dead silo is soon missed; not so short that a busy machine looks dead.
    private const string Lease = "12";

    private readonly Workshop _workshop;
    private readonly Dictionary<string, string> _environment;
    private readonly string _store = $"azure:{Azurite.FreshContainer()}";
    private readonly List<SiloProcess> _silos = [];

    public ProcessCluster(Azurite azurite, Workshop workshop)
    {
        _workshop = workshop;
        _environment = new Dictionary<string, string> { [ArtifactStores.ConnectionVariable] = Azurite.ConnectionString(azurite.Endpoint) };
        Store = new BlobArtifactStore(azurite.Container(_store["azure:".Length..]));
    }

    public IArtifactStore Store { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Starts silos of these roles and waits until all are in the cluster.</summary>
    public async Task StartAsync(params string[] roles)
    {
        SiloProcess[] started = [.. Ports.Free(3 * roles.Length).Chunk(3).Zip(roles, (ports, role) => Start(role, ports))];
        await Task.WhenAll(started.Select(silo => silo.ReadyAsync()));
    }

    /// <summary>Starts a silo where a dead one was.</summary>
    public SiloProcess Restart(SiloProcess dead)
    {
        dead.IsAlive.ShouldBeFalse();
        _silos.Remove(dead);
        return Start(dead.Role, [dead.SiloPort, dead.GatewayPort, dead.HealthPort]);
    }

    /// <summary>Starts <c>pmsfc</c> as a client of the cluster, with output for programs.</summary>
    public ClientProcess Client(params IEnumerable<string> arguments) =>
        new(Pmsfc.Start(_workshop.Folder, _environment, [.. arguments, "--json", "--cluster", "test", "--store", _store]));

    /// <summary>The silos' logs, for a failed assertion.</summary>
    public string Logs() => string.Join('\n', _silos.Select(silo => $"--- {silo.Role} {silo.SiloPort}\n{silo.Log}"));

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
    }

    private SiloProcess Start(string role, int[] ports)
    {
        var silo = SiloProcess.Start(
            _workshop.Folder, _environment, role, ports, "--cluster", "test", "--store", _store, "--lease", Lease, "--checkpoint-every", "0.5");
        _silos.Add(silo);
        return silo;
    }
}
