using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NSubstitute;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Connections;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.SiloHost.Web;
using PmSFC.Storage;
using PmSFC.Web.Access;
using PmSFC.Wording;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>A web port with the API before grains that are made up: a sweep of two rows and <see cref="Images"/> images, every third job of which has failed.</summary>
public sealed class ApiServer : IAsyncLifetime
{
    public const int Images = 40;

    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Ports.Free(1)[0];
    private readonly ServiceProvider _services;
    private readonly WebServer _web;

    public ApiServer()
        : this(Images) { }

    internal ApiServer(int images)
    {
        TokensFile = Path.Combine(_folder.Path, "tokens");
        var made = Enum.GetValues<AccessRole>().ToDictionary(role => role, role => AccessToken.Create($"the-{role}", role));
        Secrets = made.ToDictionary(one => one.Key, one => one.Value.Secret);
        File.WriteAllLines(TokensFile, made.Values.Select(one => one.Token.ToString()));

        Plan = new SweepPlan
        {
            Name = "faces",
            GeneratorId = "0011223344556677",
            Task = "inversion",
            Seed = 0,
            Owner = "ada",
            Priority = 0,
            Images =
            [
                .. Enumerable
                    .Range(0, images)
                    .Select(number => new ImageReference { Id = number.ToString("x64", null), Name = $"face {number}.png" }),
            ],
            Cells =
            [
                .. ((string[])["ours", "theirs"]).Select(label => new SweepCell
                {
                    Label = label,
                    Method = label,
                    Settings = ImmutableSortedDictionary<string, string>.Empty,
                    Iterations = 100,
                    BytesPerJob = 1,
                    MultiplyAddsPerIteration = 1,
                }),
            ],
        };
        var states = Plan.Jobs()
            .Select((job, number) => (job.Spec.Id, State: number % 3 == 0 ? JobState.Failed : JobState.Queued))
            .ToDictionary(job => job.Id, job => job.State);
        Grains = Substitute.For<IGrainFactory>();
        Grains.GetGrain<ISweepGrain>(Plan.Id).Returns(Sweep);
        // One rule for all, since a substitute looks through its rules one by one, and a grain only for who is asked.
        var jobs = new ConcurrentDictionary<string, IInversionJobGrain>();
        Grains
            .GetGrain<IInversionJobGrain>(Arg.Any<string>(), Arg.Any<string?>())
            .Returns(call => jobs.GetOrAdd(call.ArgAt<string>(0), id =>
                {
                    var grain = Substitute.For<IInversionJobGrain>();
                    grain
                        .GetStatus(Arg.Any<CancellationToken>())
                        .Returns(
                            new JobStatus
                            {
                                Id = id,
                                State = states[id],
                                Attempts = 1,
                            }
                        );
                    return grain;
                }));

        var pool = Substitute.For<IDevicePoolGrain>();
        pool.GetStatus(Arg.Any<CancellationToken>())
            .Returns(
                new PoolStatus
                {
                    Queued = 3,
                    Leased = 1,
                    OldestLease = TimeSpan.FromSeconds(5),
                    OldestWaiting = TimeSpan.FromSeconds(7),
                    Loads =
                    [
                        new PoolLoad
                        {
                            BytesPerJob = 1,
                            Queued = 3,
                            Running = 1,
                            QueuedSeconds = 20,
                            RunningSeconds = 10,
                            Unmeasured = 0,
                        },
                    ],
                    Devices =
                    [
                        new DeviceStatus
                        {
                            WorkerId = "w",
                            Device = "cpu",
                            Leases = 1,
                            LastHeard = DateTimeOffset.UnixEpoch,
                            BusyShare = 0.5,
                            MemoryBytes = 1_000,
                            Batch = new DeviceBatch
                            {
                                Kind = WorkKind.Training,
                                Method = "encoder",
                                BatchKey = "b",
                                SweepIds = [Plan.Id],
                                ItemIds = ["n"],
                            },
                        },
                    ],
                }
            );
        Grains.GetGrain<IDevicePoolGrain>(IDevicePoolGrain.Default).Returns(pool);
        var status = new SweepStatus
        {
            Id = Plan.Id,
            Name = Plan.Name,
            Finished = false,
            Cells = [],
            Running = [],
            Preparations = [],
            Sequence = 3,
            Waiting = ImmutableSortedDictionary<string, int>.Empty,
            Failures = ImmutableSortedDictionary<Abstractions.Failures.FailureName, int>.Empty,
        };
        Sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(status);
        Sweep.Start(Arg.Any<SweepPlan>(), Arg.Any<string?>(), Arg.Any<CancellationToken>()).Returns(status);
        Sweep.Pause(Arg.Any<CancellationToken>()).Returns(status);
        Sweep.Cancel(Arg.Any<CancellationToken>()).Returns(status);
        Sweep.SetPriority(Arg.Any<int>(), Arg.Any<CancellationToken>()).Returns(call => status with { Priority = call.Arg<int>() });
        Sweep.Watch(Arg.Any<long>(), Arg.Any<CancellationToken>()).Returns(call => Events(call.Arg<long>()));

        var store = ArtifactStores.Open(Path.Combine(_folder.Path, "store"), TimeProvider.System, LoggerFactory.Create(_ => { }));
        store.PutAsync(ArtifactNames.SweepPlan(Plan.Id), ArtifactJson.Write(Plan)).GetAwaiter().GetResult();
        Store = store;
        StoreJobsAsync().GetAwaiter().GetResult();
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Log));
        _services = new ServiceCollection()
            .AddSingleton(lifetime)
            .AddSingleton(Substitute.For<ISiloStatusOracle>())
            .AddSingleton(Grains)
            .AddSingleton(new DeviceHealth())
            .AddSingleton(TimeProvider.System)
            .AddSingleton(store)
            .AddSingleton(loggers)
            .AddSingleton(Sdk.CreateMeterProviderBuilder().AddPrometheusExporter().Build())
            .BuildServiceProvider();
        _web = new WebServer(
            new WebServerOptions
            {
                // For longer than any test waits, so that what the server closes, it closes by itself.
                Port = _port,
                HeaderPatience = TimeSpan.FromMinutes(2),
                Access = new AccessSources(
                    TokenFile.Open(TokensFile, TimeProvider.System, loggers.CreateLogger<TokenFile>()),
                    Provider.Options
                ),
            },
            _services
        );
    }

    public SweepPlan Plan { get; }

    /// <summary>A plan that is not stored, the first of whose jobs has a result all the same.</summary>
    public SweepPlan Foreign => Plan with { Seed = 1 };

    /// <summary>The pictures that are stored, in this order: target, reconstruction and preview of the first job, preview of the second.</summary>
    public IReadOnlyList<byte[]> Pictures { get; } =
    [.. Enumerable.Range(0, 4).Select(colour => ImageFile.EncodePng(new RgbImage(2, 1, [(byte)colour, 0, 0, 0, 0, (byte)colour])))];

    internal IArtifactStore Store { get; }

    public IReadOnlyDictionary<AccessRole, string> Secrets { get; }

    public string TokensFile { get; }

    public int Port => _port;

    internal ISweepGrain Sweep { get; } = Substitute.For<ISweepGrain>();

    internal IGrainFactory Grains { get; }

    internal LogLines Log { get; } = new();

    internal IReadOnlyList<Endpoint> Endpoints => _web.Endpoints;

    /// <summary>Whose JWTs let in too.</summary>
    internal OidcProvider Provider { get; } = new(Ports.Free(1)[0]);

    public async Task InitializeAsync()
    {
        await Provider.StartAsync();
        await _web.StartAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await Provider.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Lets the sweep tell those who watch it of all its jobs, which are queued, and then of what is written.</summary>
    internal ChannelWriter<SweepEvent> TellOfJobs()
    {
        var changes = Channel.CreateUnbounded<SweepEvent>();
        Sweep
            .Watch(Arg.Any<long>(), Arg.Any<CancellationToken>())
            .Returns(call => ChangesAsync(call.Arg<long>(), changes.Reader, call.Arg<CancellationToken>()));
        return changes.Writer;
    }

    private async IAsyncEnumerable<SweepEvent> ChangesAsync(
        long after,
        ChannelReader<SweepEvent> changes,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var job in after < 3 ? Plan.Jobs() : [])
        {
            yield return new SweepEvent
            {
                Sequence = 3,
                At = DateTimeOffset.UnixEpoch,
                Job = new JobStatus
                {
                    Id = job.Spec.Id,
                    State = JobState.Queued,
                    Attempts = 0,
                },
            };
        }

        await foreach (var change in changes.ReadAllAsync(cancellationToken))
            yield return change;
    }

    /// <summary>A client who shows a secret, or none.</summary>
    public HttpClient Client(string? secret)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 40 })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{_port}"),
        };
        if (secret is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return client;
    }

    /// <summary>The first job is done, and what it has shown before is still there; the second has shown something; the third has a target alone.</summary>
    private async Task StoreJobsAsync()
    {
        var jobs = Plan.Jobs().Take(3).Select(job => job.Spec).ToArray();
        foreach (var job in jobs)
            await Store.PutAsync(ArtifactNames.Image(job.ImageId), Pictures[0]);
        foreach (var done in (JobSpec[])[jobs[0], Foreign.Jobs().First().Spec])
        {
            await Store.PutAsync(ArtifactNames.JobReconstruction(done.Id), Pictures[1]);
            await Store.PutAsync(
                ArtifactNames.JobResult(done.Id),
                ArtifactJson.Write(
                    new JobResult
                    {
                        JobId = done.Id,
                        Spec = done,
                        Metrics = ImmutableSortedDictionary<string, double>.Empty,
                        Losses = [new LossPoint(1, 2.5), new LossPoint(100, 0.5)],
                        Iterations = 100,
                        DeviceSeconds = 1,
                        Device = "cpu",
                        ReconstructionSha256 = Sha256Text.Of(Pictures[1]),
                        ProductVersion = "1",
                    }
                )
            );
        }

        foreach (var (job, picture, iteration) in new[] { (jobs[0], Pictures[2], 50), (jobs[1], Pictures[3], 75) })
        {
            await Store.PutAsync(ArtifactNames.PreviewPicture(job.Id), picture);
            await Store.PutAsync(
                ArtifactNames.Preview(job.Id),
                ArtifactJson.Write(
                    new JobPreview
                    {
                        Iteration = iteration,
                        Iterations = 100,
                        Losses = [new LossPoint(1, 2.5)],
                    }
                )
            );
        }
    }

    private async IAsyncEnumerable<SweepEvent> Events(long after)
    {
        await Task.Yield();
        var job = Plan.Jobs().First().Spec.Id;
        for (var sequence = after + 1; sequence <= 3; sequence++)
            yield return new SweepEvent
            {
                Sequence = sequence,
                At = DateTimeOffset.UnixEpoch,
                Job = new JobStatus
                {
                    Id = job,
                    State = JobState.Running,
                    Attempts = (int)sequence,
                },
                Finished = sequence == 3,
            };
    }
}
