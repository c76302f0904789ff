using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using k8s.Models;
using PmSFC.Storage;

namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>
/// The pods of the base and of the components <c>azurite</c> and <c>nightly</c> as containers of podman: command, environment, user, capabilities, read-only root, memory and volumes are
/// what the rendered manifests say. What else Kubernetes does is done here: addresses, names of Services, and to start a container again that ended.
/// </summary>
internal sealed class ContainerCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Rendering _rendering = new(Manifests.RenderOnBase("azurite", "nightly"));
    private readonly TemporaryDirectory _temporary = new();
    private readonly string _name = $"pmsfc-{Guid.NewGuid().ToString("n")[..8]}";
    private readonly string _subnet = $"10.89.{Random.Shared.Next(100, 250)}";
    private readonly List<ContainerMember> _members = [];
    private int _nextAddress = 10;

    public ContainerCluster()
    {
        Podman.Run("network", "create", "--subnet", $"{_subnet}.0/24", _name);
        Directory.CreateDirectory(Images);
        Directory.CreateDirectory(Spec);
        foreach (
            var (file, content) in _rendering
                .Of<V1ConfigMap>()
                .Single(map => map.Metadata.Name.StartsWith("nightly", StringComparison.Ordinal))
                .Data
        )
            File.WriteAllText(Path.Combine(Spec, file), content);
    }

    /// <summary>A folder that <see cref="StartClient"/> shows its container as <c>/images</c>.</summary>
    public string Images => Path.Combine(_temporary.Path, "images");

    /// <summary>What the ConfigMap of the nightly spec holds.</summary>
    public string Spec => Path.Combine(_temporary.Path, "spec");

    /// <summary>The store, as the tests' process reaches it.</summary>
    public IArtifactStore Store { get; private set; } = null!;

    /// <summary>The emulator's image.</summary>
    public static string AzuriteImage() =>
        new Rendering(Manifests.Render("overlays/local")).Pods.Single(pod => pod.Component == "store").Container.Image;

    /// <summary>Starts the emulator, a control silo and devices, and waits until all are ready.</summary>
    public async Task StartAsync(int devices)
    {
        var azurite = Start("azurite", _rendering.Pods.Single(pod => pod.Component == "store"), []);
        await UntilAsync("the emulator listens", async () =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(azurite.Address, 10000);
            return true;
        });
        Store = new BlobArtifactStore(
            new BlobContainerClient($"UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://{azurite.Address}", "pmsfc")
        );

        List<ContainerMember> silos = [StartSilo("control-0", "control")];
        for (var device = 0; device < devices; device++)
            silos.Add(StartSilo($"device-{device}", "device"));
        foreach (var silo in silos)
            await ReadyAsync(silo);
    }

    /// <summary>Starts a silo, and does not wait for it.</summary>
    public ContainerMember StartSilo(string name, string component, long? memory = null) =>
        Start(name, _rendering.Pods.First(pod => pod.Component == component), [], memory: memory);

    /// <summary>Waits until the readiness probe of a silo passes.</summary>
    public static async Task ReadyAsync(ContainerMember silo)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        var probe = silo.Pod.Container.ReadinessProbe.HttpGet;
        var uri = new Uri($"http://{silo.Address}:{silo.Pod.PortOf(probe.Port)}{probe.Path}");
        try
        {
            await UntilAsync($"{silo.Name} is ready", async () => (await client.GetAsync(uri)).StatusCode == HttpStatusCode.OK);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"{e.Message} It is {Podman.Run("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", silo.Id)} and says: {Logs(silo)}",
                e
            );
        }
    }

    /// <summary>The container of a name.</summary>
    public ContainerMember Member(string name) => _members.Single(member => member.Name == name);

    /// <summary>Starts the nightly client, with more arguments where given.</summary>
    public ContainerMember StartNightly(string name, params IEnumerable<string> more) =>
        Start(name, Nightly, [], [.. Nightly.Container.Args, .. more]);

    /// <summary>Starts a command in the place of the nightly client's.</summary>
    public ContainerMember StartClient(string name, params IEnumerable<string> arguments) =>
        Start(name, Nightly, ["--mount", $"type=bind,source={Images},destination=/images,ro=true"], arguments);

    /// <summary>Waits for the end of a container.</summary>
    /// <returns>Its exit code.</returns>
    public static int WaitFor(ContainerMember container, TimeSpan longest)
    {
        var (code, output) = Podman.Try(longest, "wait", container.Id);
        return code == 0 ? int.Parse(output.Trim(), CultureInfo.InvariantCulture) : throw new InvalidOperationException(output);
    }

    /// <summary>What a container has written.</summary>
    public static string Logs(ContainerMember container) => Podman.Run("logs", container.Id);

    /// <summary>Asks until it holds, and passes over failures meanwhile.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var end = DateTime.UtcNow + Patience;
        while (true)
        {
            try
            {
                if (await holds())
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException) { }

            if (DateTime.UtcNow > end)
                throw new TimeoutException($"It was awaited for {Patience.TotalMinutes} minutes that {what}.");
            await Task.Delay(TimeSpan.FromSeconds(0.25));
        }
    }

    public void Dispose()
    {
        if (_members.Count > 0)
            Podman.Try(Patience, ["rm", "--force", "--time", "1", "--volumes", .. _members.Select(member => member.Id)]);
        Podman.Try(Patience, "volume", "rm", "--force", $"{_name}-azurite");
        Podman.Try(Patience, "network", "rm", "--force", _name);
        _temporary.Dispose();
    }

    private PodTemplate Nightly => _rendering.Pods.Single(pod => pod.Owner == "CronJob/nightly");

    private ContainerMember Start(
        string name,
        PodTemplate pod,
        IEnumerable<string> options,
        IEnumerable<string>? arguments = null,
        long? memory = null
    )
    {
        var (container, address) = (pod.Container, $"{_subnet}.{_nextAddress++}");
        var (security, limits) = (container.SecurityContext, container.Resources.Limits);
        memory ??= (long)limits["memory"].ToDecimal();
        security.ReadOnlyRootFilesystem.ShouldBe(true);
        security.AllowPrivilegeEscalation.ShouldBe(false);
        List<string> command =
        [
            "run",
            "--detach",
            "--name",
            $"{_name}-{name}",
            "--hostname",
            name,
            "--network",
            _name,
            "--ip",
            address,
            "--network-alias",
            name,
            "--user",
            $"{pod.Spec.SecurityContext.RunAsUser}:{pod.Spec.SecurityContext.RunAsGroup}",
            "--read-only",
            "--read-only-tmpfs=false",
            "--security-opt",
            "no-new-privileges",
            .. security.Capabilities.Drop.SelectMany(capability => new[] { "--cap-drop", capability }),
            // A device takes what a machine has; here there are several on one.
            "--memory",
            $"{memory}",
            "--memory-swap",
            $"{memory}",
            "--cpus",
            "1",
            .. EnvironmentOf(container, address).SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
            .. (container.VolumeMounts ?? []).SelectMany(mount =>
                new[] { "--mount", Mount(mount, pod.Spec.Volumes.Single(volume => volume.Name == mount.Name)) }
            ),
            .. options,
            .. container.Command is { } entry ? new[] { "--entrypoint", JsonSerializer.Serialize(entry) } : [],
            container.Image,
            .. arguments ?? container.Args ?? [],
        ];
        var id = Podman.Run(command);
        var member = new ContainerMember(name, id, address, pod);
        _members.Add(member);
        return member;
    }

    private Dictionary<string, string> EnvironmentOf(V1Container container, string address)
    {
        var environment = _rendering.EnvironmentOf(container);
        foreach (var variable in container.Env ?? [])
        {
            if (variable.ValueFrom?.FieldRef?.FieldPath == "status.podIP")
                environment[variable.Name] = address;
            if (variable.ValueFrom?.ResourceFieldRef is not null)
                environment[variable.Name] = "1";
        }

        foreach (var source in container.EnvFrom ?? [])
        {
            foreach (
                var (key, value) in _rendering.Of<V1Secret>().FirstOrDefault(secret => secret.Metadata.Name == source.SecretRef?.Name)?.Data
                    ?? new Dictionary<string, byte[]>()
            )
                environment[key] = Encoding.UTF8.GetString(value);
        }

        return environment;
    }

    private string Mount(V1VolumeMount mount, V1Volume volume) =>
        volume switch
        {
            { EmptyDir: { } empty } =>
                $"type=tmpfs,destination={mount.MountPath},tmpfs-size={empty.SizeLimit.ToDecimal():0},tmpfs-mode=1777",
            { ConfigMap: not null } => $"type=bind,source={Spec},destination={mount.MountPath},ro=true",
            // Kubernetes gives volumes to the pod's group; podman gives new ones to the user.
            { PersistentVolumeClaim.ClaimName: var claim } => $"type=volume,source={_name}-{claim},destination={mount.MountPath},U=true",
            _ => throw new NotSupportedException($"a volume such as {volume.Name}"),
        };
}
