using System.Net;
using System.Net.Sockets;
using PmSFC.SiloHost;

namespace PmSFC.Cluster.Tests;

public sealed class SiloCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_PrintConfig_PrintsAndStartsNothing()
    {
        (await Run("--print-config", "--role", "device", "--store", Path.Combine(_directory.Path, "store"))).ShouldBe(0);

        _output.ToString().ShouldContain("role: device");
        _error.ToString().ShouldBeEmpty();
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--role chief --threads 0", 2)]
    [InlineData("--role chief --threads 0 --print-config", 2)]
    [InlineData("--nonsense", 1)]
    [InlineData("--config none.yaml", 1)]
    [InlineData("--store s3://bucket", 1)]
    [InlineData("--devices cuda:99", 1)]
    [InlineData("--store azure:faces", 1)]
    public async Task Run_BadInput_IsASentenceEachAndExitCodeTwo(string arguments, int sentences)
    {
        (await Run(arguments.Split(' '))).ShouldBe(2);

        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(sentences);
        lines.ShouldAllBe(line => line.StartsWith("error: ") && line.EndsWith('.'));
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_WebPortInUse_IsASentenceAndExitCodeTwo()
    {
        using var other = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        other.Start();
        var web = ((IPEndPoint)other.LocalEndpoint).Port;
        var ports = Ports.Free(2);

        (
            await Run(
                "--role",
                "control",
                "--store",
                Path.Combine(_directory.Path, "store"),
                "--web-port",
                $"{web}",
                "--silo-port",
                $"{ports[0]}",
                "--gateway-port",
                $"{ports[1]}"
            )
        ).ShouldBe(2, _error.ToString());

        _error
            .ToString()
            .ShouldBe(
                $"error: a port of this silo ({ports[0]}, {ports[1]}, {web}) is in use by another process; give the silo others with --silo-port, --gateway-port, --web-port and --metrics-port.\n"
            );
    }

    [Fact]
    public async Task Run_VariablesOfServicesOfKubernetes_StopNoSilo()
    {
        (
            await SiloCommand.RunAsync(
                ["--print-config"],
                name => name == "PMSFC_SILO_PORT" ? "tcp://10.0.0.1:11111" : null,
                _output,
                _error
            )
        ).ShouldBe(0);

        _output.ToString().ShouldContain("silo-port: 11111");
        _error.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_EarlierNameOfTheWebPort_IsPrintedUnderTheNewOneWithItsOrigin()
    {
        (await Run("--health-port", "8081", "--print-config")).ShouldBe(0);

        _output
            .ToString()
            .Split('\n')
            .ShouldContain(line =>
                line.StartsWith("web-port: 8081 ", StringComparison.Ordinal) && line.EndsWith("# --health-port", StringComparison.Ordinal)
            );
    }

    [Fact]
    public async Task Run_BothNamesOfTheWebPortWithTwoValues_IsASentenceAndExitCodeTwo()
    {
        (await Run("--health-port", "8081", "--web-port", "8082")).ShouldBe(2);

        _error
            .ToString()
            .ShouldBe(
                "error: web-port is '8082' (--web-port) and health-port, its earlier name, is '8081' (--health-port); keep one of them.\n"
            );
    }

    private Task<int> Run(params string[] arguments) => SiloCommand.RunAsync(arguments, _ => null, _output, _error);
}
