using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Connections.Tests.Support;
using Xunit.Abstractions;

namespace PmSFC.Connections.Tests;

/// <summary>What TLS costs, against plain connections in the same process at the same time.</summary>
public sealed class ConnectionCostTests(ITestOutputHelper output)
{
    private const int Rounds = 40,
        CallsInARound = 100;

    [FactNeeding<Measuring>]
    public async Task Call_WithTls_AgainstOneWithout()
    {
        using var temporary = new TemporaryDirectory();
        using var authority = new Authority();
        var folder = authority.Write(Path.Combine(temporary.Path, "cluster"), "cluster");
        var ports = Ports.Free(4);
        await using var plain = await Pair.StartAsync(ports[0], ports[1], null);
        await using var secured = await Pair.StartAsync(ports[2], ports[3], folder);

        foreach (var bytes in new[] { 100, 10_000, 1_000_000 })
        {
            var payload = new byte[bytes];
            var calls = bytes < 1_000_000 ? CallsInARound : CallsInARound / 10;
            await plain.TimeAsync(payload, calls);
            await secured.TimeAsync(payload, calls);
            var (times, ratios) = (new List<(double Plain, double Secured)>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                // Who comes first changes, so that what the machine does meanwhile is shared.
                var first = round % 2 == 0 ? plain : secured;
                var a = await first.TimeAsync(payload, calls);
                var b = await (first == plain ? secured : plain).TimeAsync(payload, calls);
                times.Add(first == plain ? (a, b) : (b, a));
                ratios.Add(times[^1].Secured / times[^1].Plain);
            }
            ratios.Sort();
            output.WriteLine(
                $"{bytes, 9} bytes each way: plain {Median(times.Select(t => t.Plain)):F3} ms, TLS {Median(times.Select(t => t.Secured)):F3} ms a call; ratio {Median(ratios):F3}, 80 % of rounds within {ratios[Rounds / 10]:F3} to {ratios[^(Rounds / 10 + 1)]:F3}"
            );
        }

        var (plainOpen, securedOpen) = (new List<double>(), new List<double>());
        for (var round = 0; round < 10; round++)
        {
            plainOpen.Add(await ConnectAsync(ports[1], null));
            securedOpen.Add(await ConnectAsync(ports[3], folder));
        }
        output.WriteLine($"a new client until its first answer: plain {Median(plainOpen):F1} ms, TLS {Median(securedOpen):F1} ms");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static async Task<double> ConnectAsync(int gateway, string? folder)
    {
        var watch = Stopwatch.StartNew();
        using var client = Client(gateway, folder);
        await client.StartAsync();
        await client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0).EchoAsync([1]);
        var elapsed = watch.Elapsed.TotalMilliseconds;
        await client.StopAsync();
        return elapsed;
    }

    private static IHost Client(int gateway, string? folder)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering([gateway], "cost", "cost");
            if (folder is not null)
                client.UseMutualTls(Open(folder));
        });
        return builder.Build();
    }

    private static CertificateFolder Open(string folder) =>
        CertificateFolder.Open(folder, TimeProvider.System, NullLogger<CertificateFolder>.Instance);

    /// <summary>A silo and a client of it.</summary>
    private sealed class Pair(IHost silo, IHost client) : IAsyncDisposable
    {
        private readonly IEchoGrain _grain = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IEchoGrain>(0);

        public static async Task<Pair> StartAsync(int siloPort, int gatewayPort, string? folder)
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.UseOrleans(silo =>
            {
                silo.UseLocalhostClustering(siloPort, gatewayPort, new IPEndPoint(IPAddress.Loopback, siloPort), "cost", "cost");
                if (folder is not null)
                    silo.UseMutualTls(Open(folder));
            });
            var silo = builder.Build();
            await silo.StartAsync();
            var client = Client(gatewayPort, folder);
            await client.StartAsync();
            return new Pair(silo, client);
        }

        /// <summary>Mean milliseconds of a call there and back.</summary>
        public async Task<double> TimeAsync(byte[] payload, int calls)
        {
            var watch = Stopwatch.StartNew();
            for (var call = 0; call < calls; call++)
                (await _grain.EchoAsync(payload)).Length.ShouldBe(payload.Length);
            return watch.Elapsed.TotalMilliseconds / calls;
        }

        public async ValueTask DisposeAsync()
        {
            await client.StopAsync();
            await silo.StopAsync();
            client.Dispose();
            silo.Dispose();
        }
    }

    /// <summary>A measurement, made only where it is asked for.</summary>
    private abstract class Measuring : INeed
    {
        public static string? Missing =>
            OptIn.Missing(
                "PMSFC_MEASURE",
                "A measurement; set PMSFC_MEASURE=1 and run it with --logger 'console;verbosity=detailed' on a quiet machine."
            );
    }
}

/// <summary>Answers with what it was sent.</summary>
public interface IEchoGrain : IGrainWithIntegerKey
{
    Task<byte[]> EchoAsync(byte[] payload);
}

public sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<byte[]> EchoAsync(byte[] payload) => Task.FromResult(payload);
}
