using System.Diagnostics;
using System.Globalization;
using System.Net;
using PmSFC.Cli.Tests.Support;
using PmSFC.Storage;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Support;

/// <summary>Silos as processes on a container of their own, and clients of them.</summary>
internal sealed class ProcessCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly ProcessClusterOptions _options;
    private readonly Workshop _workshop;
    private readonly Dictionary<string, string> _environment;
    private readonly string _store = $"azure:{Azurite.FreshContainer()}";
    private readonly List<SiloProcess> _silos = [];
    private readonly List<SiloProcess> _replaced = [];

    public ProcessCluster(Azurite azurite, Workshop workshop, ProcessClusterOptions? options = null)
    {
        _workshop = workshop;
        _options = options ?? new ProcessClusterOptions();
        _environment = new Dictionary<string, string>
        {
            [ArtifactStores.ConnectionVariable] = Azurite.ConnectionString(_options.Endpoint ?? azurite.Endpoint, _options.Tables),
        };
        if (_options.Telemetry is { } telemetry)
        {
            _environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = telemetry;
            _environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
            _environment["OTEL_BSP_SCHEDULE_DELAY"] = "200";
        }

        Iterations = new IterationCount(workshop.PathOf($"iterations-{Guid.NewGuid():n}"), _options.Rest);
        Store = new BlobArtifactStore(azurite.Container(_store["azure:".Length..]));
    }

    public IArtifactStore Store { get; }

    /// <summary>Work that the silos have done.</summary>
    public IterationCount Iterations { get; }

    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>Starts silos of these roles and waits until all are in the cluster.</summary>
    public async Task StartAsync(params string[] roles)
    {
        SiloProcess[] started =
        [
            .. Ports
                .Free(3 * roles.Length)
                .Chunk(3)
                .Zip(roles, (ports, role) => Start(role, ports, _options.Places.ElementAtOrDefault(_silos.Count) ?? SiloPlace.Here)),
        ];
        await Task.WhenAll(started.Select(silo => silo.ReadyAsync()));
    }

    /// <summary>One of the silos that are in the cluster, once there is one.</summary>
    public async Task<SiloProcess> AnyAsync(Random random)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var answers = await Task.WhenAll(_silos.Select(silo => silo.HealthAsync("ready")));
            SiloProcess[] ready = [.. _silos.Where((_, i) => answers[i] == HttpStatusCode.OK)];
            if (ready.Length > 0)
                return ready[random.Next(ready.Length)];
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience, Logs());
        }
    }

    /// <summary>Starts a silo where a dead one was.</summary>
    public SiloProcess Restart(SiloProcess dead)
    {
        dead.IsAlive.ShouldBeFalse();
        _silos.Remove(dead);
        _replaced.Add(dead);
        return Start(dead.Role, [dead.SiloPort, dead.GatewayPort, dead.WebPort], dead.Place);
    }

    /// <summary>Starts <c>pmsfc</c> as a client of the cluster, with output for programs.</summary>
    public ClientProcess Client(params IEnumerable<string> arguments) =>
        new(Pmsfc.Start(_workshop.Folder, _environment, OfClient(arguments)));

    /// <summary>Runs <c>pmsfc</c> as a client of the cluster to its end, which must be a good one.</summary>
    public async Task<ClientEvents> RunAsync(params IEnumerable<string> arguments) =>
        new EndedClient(await Pmsfc.RunAsync(_workshop.Folder, _environment, OfClient(arguments)));

    private IEnumerable<string> OfClient(IEnumerable<string> arguments) =>
        [.. arguments, "--json", "--cluster", "test", "--store", _store, .. Gateways];

    private IEnumerable<string> Gateways =>
        _options.Membership == "store"
            ? []
            : _silos.SelectMany(silo => (string[])["--gateway", $"{silo.Place.Address}:{silo.GatewayPort}"]);

    /// <summary>The silos' logs, for a failed assertion.</summary>
    public string Logs() => string.Join('\n', _replaced.Concat(_silos).Select(silo => $"--- {silo.Role} {silo.SiloPort}\n{silo.Log}"));

    public void Dispose()
    {
        foreach (var silo in _replaced.Concat(_silos))
            silo.Dispose();
    }

    private SiloProcess Start(string role, int[] ports, SiloPlace place)
    {
        var silo = SiloProcess.Start(
            _workshop.Folder,
            new Dictionary<string, string>(_environment.Concat(Iterations.Environment)),
            role,
            ports,
            place,
            "--cluster",
            "test",
            "--store",
            _store,
            "--lease",
            Text(_options.Lease),
            "--checkpoint-every",
            Text(_options.CheckpointEvery),
            "--membership",
            _options.Membership,
            "--primary",
            $"127.0.0.1:{(_silos.Count == 0 ? ports[0] : _silos[0].SiloPort)}"
        );
        _silos.Add(silo);
        return silo;
    }

    private static string Text(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture);
}
