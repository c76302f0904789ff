using PmSFC.Storage;

namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>The manifests' pods, run as containers.</summary>
public sealed class ContainerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly ContainerCluster _cluster = new();

    public void Dispose() => _cluster.Dispose();

    [FactNeeding<Podman>]
    public async Task Nightly_RunTwice_ComputesNothingTheSecondTime()
    {
        Write(images: 2, iterations: 10);
        await _cluster.StartAsync(devices: 1);
        Import();

        var first = _cluster.StartNightly("first");
        ContainerCluster.WaitFor(first, Patience).ShouldBe(0, ContainerCluster.Logs(first));
        var stored = await JobsAsync();
        stored.Keys.Count(name => ArtifactNames.JobOf(name) is not null).ShouldBe(4, "two methods and two images");

        var second = _cluster.StartNightly("second");
        ContainerCluster.WaitFor(second, Patience).ShouldBe(0, ContainerCluster.Logs(second));
        (await JobsAsync()).ShouldBe(stored, ignoreOrder: true, "nothing is stored again");
        Verify();
    }

    [FactNeeding<Podman, LongContainers>]
    public Task Device_ToldToStop_LosesNothing() =>
        InterruptAsync(new Interruption("device", silo => Podman.Run("kill", "--signal", "TERM", silo.Id), ExitCode: 0));

    [FactNeeding<Podman, LongContainers>]
    public Task Device_Killed_LosesNothing() =>
        InterruptAsync(new Interruption("device", silo => Podman.Run("kill", "--signal", "KILL", silo.Id), ExitCode: 137));

    [FactNeeding<Podman, LongContainers>]
    public Task Device_OutOfMemory_LosesNothing() =>
        InterruptAsync(
            new Interruption(
                "device",
                // Others in the container's limit hold a tenth of a gigabyte each, until the kernel ends the largest of all, which the silo is.
                silo =>
                    Podman.Try(
                        Patience,
                        "exec",
                        "--detach",
                        silo.Id,
                        "/bin/sh",
                        "-c",
                        "for i in 1 2 3 4 5 6 7 8; do (head -c 100m /dev/zero; sleep 60) | tail & done; wait"
                    ),
                ExitCode: 137,
                DeviceMemory: 640L << 20
            )
        );

    [FactNeeding<Podman, LongContainers>]
    public Task Control_Killed_LosesNothing() =>
        InterruptAsync(new Interruption("control", silo => Podman.Run("kill", "--signal", "KILL", silo.Id), ExitCode: 137));

    private async Task InterruptAsync(Interruption interruption)
    {
        const int images = 3,
            iterations = 60;
        Write(images, iterations);
        await _cluster.StartAsync(devices: interruption.DeviceMemory is null ? 2 : 1);
        if (interruption.DeviceMemory is { } memory)
            await ContainerCluster.ReadyAsync(_cluster.StartSilo("device-1", "device", memory));
        Import();
        var client = _cluster.StartNightly("client", "--json");

        ContainerMember? victim = null;
        await ContainerCluster.UntilAsync("a device has begun", () =>
        {
            victim = interruption switch
            {
                { Component: "control" } => Working(client).Any() ? _cluster.Member("control-0") : null,
                { DeviceMemory: null } => Working(client).Select(_cluster.Member).FirstOrDefault(),
                // It has to be this device, which may be busy with the discovery while the other one takes the jobs.
                _ => ClientLog.Busy(ContainerCluster.Logs(client)).Contains("device-1") ? _cluster.Member("device-1") : null,
            };
            return Task.FromResult(victim is not null);
        });
        interruption.Act(victim!);
        ContainerCluster.WaitFor(victim!, TimeSpan.FromSeconds(75)).ShouldBe(interruption.ExitCode, ContainerCluster.Logs(victim!));
        // As the kubelet does.
        Podman.Run("start", victim!.Id);

        ContainerCluster.WaitFor(client, Patience).ShouldBe(0, ContainerCluster.Logs(client));
        (await JobsAsync()).Keys.Count(name => ArtifactNames.JobOf(name) is not null).ShouldBe(2 * images);
        Verify();
    }

    /// <summary>The pods that compute, as the client has told.</summary>
    private static IEnumerable<string> Working(ContainerMember client) => ClientLog.Working(ContainerCluster.Logs(client));

    private void Import() => Succeed("import", "images", "import", "/images", "--name", "nightly");

    private void Verify() => Succeed("verify", "sweep", "verify");

    private void Succeed(string name, params IEnumerable<string> arguments)
    {
        var client = _cluster.StartClient(name, arguments);
        ContainerCluster.WaitFor(client, Patience).ShouldBe(0, ContainerCluster.Logs(client));
    }

    private async Task<Dictionary<string, string>> JobsAsync()
    {
        var stored = new Dictionary<string, string>();
        await foreach (var name in _cluster.Store.ListAsync(ArtifactNames.Jobs))
            stored[name] = (await _cluster.Store.ReadAsync(name)).ShouldNotBeNull(name).ETag;
        return stored;
    }

    /// <summary>The manifests' own spec with few iterations, and pictures for it.</summary>
    private void Write(int images, int iterations)
    {
        var spec = Path.Combine(_cluster.Spec, "nightly.yaml");
        File.WriteAllText(spec, NightlyInput.Shortened(File.ReadAllText(spec), iterations));
        NightlyInput.WritePictures(_cluster.Images, images);
    }

    private sealed record Interruption(string Component, Action<ContainerMember> Act, int ExitCode, long? DeviceMemory = null);
}
