using System.CommandLine;
using System.Net;
using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Commands;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.Storage;
using PmSFC.Wording;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>One call of one command.</summary>
internal sealed class Invocation(CliHost host, GlobalOptions options, ParseResult parsed, CancellationToken cancellationToken)
{
    private IReadOnlyList<DeviceOptions>? _devices;

    /// <summary>The process.</summary>
    public CliHost Host => host;

    /// <summary>Stdout for people.</summary>
    public IAnsiConsole Console => host.Console;

    /// <summary>Stdout for programs.</summary>
    public JsonLines Lines { get; } = new(host.Output);

    /// <summary>Whether the output is for programs.</summary>
    public bool Json { get; } = parsed.GetValue(options.Json);

    /// <summary>Threads of the CPU device, or null for all cores.</summary>
    public int? Threads { get; } = parsed.GetValue(options.Threads);

    /// <summary>What the tensors of a batch may take, in bytes, or null for the device's default.</summary>
    public long? MemoryBytes { get; } = parsed.GetValue(options.Memory);

    /// <summary>Most time of work that a killed process loses.</summary>
    public TimeSpan CheckpointInterval { get; } = parsed.GetValue(options.CheckpointEvery) ?? TimeSpan.FromSeconds(10);

    /// <summary>Options that the user gave and that only a silo in this process obeys.</summary>
    public IReadOnlyList<string> OptionsOfEmbeddedSilo { get; } =
    [
        .. new Option[] { options.Device, options.Threads, options.Memory, options.CheckpointEvery }
            .Where(option => parsed.GetResult(option) is { Implicit: false })
            .Select(option => option.Name),
    ];

    /// <summary>The devices that the user asks for, on the command line or in the environment, or null for the default.</summary>
    public DeviceRequest? DeviceRequest { get; } = options.DevicesOf(parsed);

    /// <summary>The devices of this process, found once.</summary>
    /// <exception cref="BadInputException">A device that the user asks for is not there.</exception>
    public IReadOnlyList<DeviceOptions> Devices =>
        _devices ??= FindDevices(DeviceRequest ?? new DeviceRequest(DeviceRequest.Automatic, "the default"));

    /// <summary>The store's location as the user gave it.</summary>
    public string StoreLocation { get; } = options.StoreOf(parsed);

    /// <summary>The cluster that does the work, or null for a silo in this process.</summary>
    public string? Cluster { get; } = options.ClusterOf(parsed);

    /// <summary>The cluster's gateways that the user names, which the parser has made sure of.</summary>
    public IReadOnlyList<IPEndPoint> Gateways { get; } = parsed.GetValue(options.Gateway) ?? [];

    /// <summary>The folder of certificates for the connection to the cluster, or null for one without TLS.</summary>
    public string? Tls { get; } = options.TlsOf(parsed);

    /// <summary>Whether the user named that folder on the command line.</summary>
    public bool NamesTls { get; } = parsed.GetResult(options.Tls) is { Implicit: false };

    /// <summary>A command line to paste into a shell: the words, and the options of this call that say which store and cluster are meant.</summary>
    public string Command(params IEnumerable<string> words) =>
        ShellWords.Join([
            host.Name,
            .. words,
            .. Again(options.Store),
            .. Again(options.Cluster),
            .. Gateways.SelectMany(gateway => new[] { options.Gateway.Name, gateway.ToString() }),
            .. Again(options.Tls),
        ]);

    /// <summary>Cancelled when the user interrupts.</summary>
    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>The value of an argument, which the parser has made sure of.</summary>
    public T Value<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>The value of an option, or its default.</summary>
    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>Finds devices of this machine, with what the user says of threads, memory and checkpoints.</summary>
    /// <exception cref="BadInputException">A device that is asked for is not there.</exception>
    public IReadOnlyList<DeviceOptions> FindDevices(DeviceRequest request) =>
        DeviceDiscovery.OfThisMachine.Find(
            request,
            new DeviceOptions
            {
                Threads = Threads ?? Environment.ProcessorCount,
                MemoryBytes = MemoryBytes,
                CheckpointInterval = CheckpointInterval,
            },
            Note
        );

    /// <summary>Says something to people; programs are not told.</summary>
    public void Say(string text)
    {
        if (!Json)
            Console.WriteLine(ShownText.Line(text));
    }

    /// <summary>Says what was done to the input, to programs as an event.</summary>
    public void Note(string text)
    {
        if (Json)
            Lines.Write(new { Event = "note", Note = text });
        else
            Console.WriteLine(text);
    }

    /// <summary>Opens the store.</summary>
    /// <exception cref="BadInputException">The location names no store.</exception>
    /// <exception cref="StoreException">The store cannot be used.</exception>
    public IArtifactStore OpenStore(StoreAccess access = StoreAccess.ReadWrite) => OpenStore(StoreLocation, access);

    /// <summary>Opens a store that commands which only read ask for: a directory that does not exist is not made, and need not be one that can be written.</summary>
    public IArtifactStore OpenStoreToRead() => OpenStoreToRead(StoreLocation);

    /// <summary>Opens another store than that of this call, as <see cref="OpenStoreToRead()"/> does.</summary>
    public IArtifactStore OpenStoreToRead(string location)
    {
        RefuseMissingStore(location);
        return OpenStore(location, StoreAccess.Read);
    }

    /// <summary>Opens a store that has to be there, for a command that adds to it: one that cannot be written is refused before the work.</summary>
    public IArtifactStore OpenStoreToAdd()
    {
        RefuseMissingStore(StoreLocation);
        return OpenStore();
    }

    private IArtifactStore OpenStore(string location, StoreAccess access)
    {
        try
        {
            return ArtifactStores.Open(location, host.Time, host.Log.Loggers, access);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private static void RefuseMissingStore(string location)
    {
        if (ArtifactStores.IsMissing(location))
            throw new BadInputException(
                $"There is no store at {location}; run a sweep or the demo first, or name another store with --store."
            );
    }

    private string[] Again(Option<string?> option) => parsed.GetValue(option) is { } given ? [option.Name, given] : [];
}
