using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Api;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.Connections.Tests.Support;
using PmSFC.Silo.Tests.Telemetry;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests.Operating;

/// <summary>A real silo that says all that it can, given secrets and shown others, and a search for them in all that leaves it.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class PlantedSecretsTests(Azurite azurite, Workshop workshop) : IClassFixture<Workshop>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly List<(string Place, byte[] Text)> _told = [];
    private readonly List<(string Name, string Text)> _secrets = [];

    // A silo that took over its whole environment, or all headers, would tell it.
    private readonly string _planted = $"planted{Guid.NewGuid():n}";

    [Fact]
    public async Task Silo_OnADirectory_TellsNoSecretAnywhere()
    {
        var store = workshop.PathOf("secret-store");

        await SearchAsync(
            store,
            $"DefaultEndpointsProtocol=https;AccountName=nobody;AccountKey={Convert.ToBase64String(Encoding.ASCII.GetBytes(_planted + _planted))}"
        );
    }

    [FactNeeding<Azurite>]
    public async Task Silo_OnBlobs_TellsNoSecretAnywhere()
    {
        var container = Azurite.FreshContainer();

        await SearchAsync($"azure:{container}", Azurite.ConnectionString(azurite.Endpoint));

        await foreach (var blob in azurite.Container(container).GetBlobsAsync())
            _told.Add(
                (
                    $"the blob {blob.Name}",
                    (await azurite.Container(container).GetBlobClient(blob.Name).DownloadContentAsync()).Value.Content.ToArray()
                )
            );
        Search();
    }

    private async Task SearchAsync(string store, string connection)
    {
        using var authority = new Authority();
        var (web, cluster) = (workshop.PathOf("web"), workshop.PathOf("tls"));
        authority.Write(web, "web");
        authority.Write(cluster, "cluster");
        var (token, secret) = AccessToken.Create("anna", AccessRole.Operator);
        await using var receiver = new OtlpReceiver();
        var ports = Ports.Free(5);
        // An authority of one's own, as SSL_CERT_FILE names it below.
        var (shown, key) = authority.Sign("provider", uses: Authority.ServerUse, address: "127.0.0.1");
        await using var provider = new OidcProvider(ports[4], X509Certificate2.CreateFromPem(shown, key));
        await provider.StartAsync();
        var (good, bad) = (provider.Sign(provider.Claims("bert", "pmsfc-operator")), ForgedJwts.Make(provider, "foreign key"));
        Plant("the account's key", connection.Split("AccountKey=")[1].Split(';')[0]);
        Plant("a secret of the API", secret);
        Plant("its hash", token.Hash);
        foreach (
            var jwt in new[] { good, bad, ForgedJwts.Make(provider, "expired"), ForgedJwts.Make(provider, "HS256 with the key's PEM") }
        )
        foreach (var part in jwt.Split('.')[1..])
            Plant("a part of a JWT", part);
        foreach (var folder in new[] { web, cluster })
        foreach (
            var line in (await File.ReadAllLinesAsync(Path.Combine(folder, CertificateFolder.KeyFile))).Where(line =>
                line.Length > 20 && line[0] != '-'
            )
        )
            Plant("a line of a private key", line);
        Plant("what nobody is to take over", _planted);

        var environment = new Dictionary<string, string>
        {
            ["PMSFC_STORE_CONNECTION"] = connection,
            ["PLANTED"] = _planted,
            ["SSL_CERT_FILE"] = workshop.Write("authority.pem", authority.Pem),
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        };
        using var silo = SiloProcess.Start(
            workshop.Folder,
            environment,
            "both",
            ports,
            SiloPlace.Here,
            "--cluster",
            "secret",
            "--store",
            store,
            "--log-level",
            "trace",
            "--metrics-port",
            $"{ports[3]}",
            "--web-tls",
            web,
            "--tls",
            cluster,
            "--access",
            workshop.Write("secret-tokens", $"{token}\n"),
            "--oidc-authority",
            provider.Authority,
            "--oidc-audience",
            OidcProvider.Audience
        );
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
            }
        );
        await ReadyAsync(silo, http, ports[3]);

        using var client = new ClientProcess(
            Pmsfc.Start(
                workshop.Folder,
                environment,
                [
                    "sweep",
                    "run",
                    workshop.Write(
                        "secret.yaml",
                        "name: secret\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 3, codes: 1 }\n"
                    ),
                    "--images",
                    workshop.WritePictures("secret-pictures", 1),
                    "--out",
                    "secret-report",
                    "--json",
                    "--cluster",
                    "secret",
                    "--store",
                    store,
                    "--tls",
                    cluster,
                ]
            )
        );
        await client.DoneAsync();
        foreach (
            var path in (string[])
                [
                    "api/v1/me",
                    "api/v1/sweeps",
                    "api/v1/sweeps/latest",
                    "api/v1/sweeps/latest/jobs",
                    "api/v1/sweeps/none",
                    "api/v1/devices",
                    "openapi/v1.json",
                    "nothing",
                    "",
                ]
        )
        {
            foreach (
                var header in (string?[])
                    [
                        null,
                        $"Bearer {secret}",
                        $"Bearer {good}",
                        $"Bearer {bad}",
                        $"Bearer {ForgedJwts.Make(provider, "expired")}",
                        $"Bearer {ForgedJwts.Make(provider, "HS256 with the key's PEM")}",
                        $"Basic {secret}",
                        $"Bearer {secret}{_planted}",
                        $"Bearer {secret} {good}",
                        secret,
                    ]
            )
                await TellAsync(http, new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{ports[2]}/{path}"), header);
        }

        foreach (
            var (method, path, body) in new[]
            {
                ("POST", "sweeps/latest/pause", null),
                ("PUT", "sweeps/latest/priority", $"{{\"priority\":\"{secret}{_planted}\"}}"),
                ("POST", "plans", $"name: {_planted[..3]}\nnope: 1\n"),
                ("POST", "sweeps/none/cancel", null),
            }
        )
        {
            foreach (var header in (string[])[$"Bearer {secret}", $"Bearer {good}", $"Bearer {bad}"])
            {
                var request = new HttpRequestMessage(new HttpMethod(method), $"https://127.0.0.1:{ports[2]}/api/v1/{path}");
                if (body is not null)
                    request.Content = new StringContent(body, Encoding.UTF8, method == "PUT" ? "application/json" : "application/yaml");
                request.Headers.Add("X-Api-Key", _planted);
                request.Headers.Add("Cookie", $"session={_planted}; pmsfc-{ports[2]}={secret}");
                await TellAsync(http, request, header);
            }
        }

        foreach (var path in (string[])["metrics", "queue", "healthz/ready"])
            await TellAsync(http, new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{ports[3]}/{path}"), $"Bearer {secret}");
        await WaitForSpansAsync(receiver);
        silo.Signal();
        (await silo.ExitAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, silo.Log[^2000..]);

        _told.Add(("the log", Encoding.UTF8.GetBytes(silo.Log)));
        _told.AddRange(client.Events.Select(said => ("an event of the client", Encoding.UTF8.GetBytes(said.GetRawText()))));
        _told.Add(("the client's messages", Encoding.UTF8.GetBytes(await client.ErrorAsync())));
        _told.AddRange(receiver.Requests.Select(request => ($"telemetry at {request.Path}", request.Body)));
        foreach (var folder in (string[])[store, workshop.PathOf("secret-report")])
            if (Directory.Exists(folder))
                _told.AddRange(
                    Directory
                        .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                        .Select(file => ($"the file {file}", File.ReadAllBytes(file)))
                );

        silo.Log.ShouldContain("anna at 127.0.0.1: POST /api/v1/sweeps/latest/pause: 200");
        silo.Log.ShouldContain("oidc:bert at 127.0.0.1: POST /api/v1/sweeps/latest/pause: 200");
        silo.Log.ShouldContain("SecurityTokenExpiredException", Case.Sensitive, "at its least level it says why a JWT is not taken");
        _told.Count(told => told.Place == "telemetry at /v1/traces").ShouldBePositive();
        _told.Count(told => told.Place.StartsWith("an answer", StringComparison.Ordinal)).ShouldBeGreaterThan(90);
        if (Directory.Exists(store))
            _told.Count(told => told.Place.StartsWith($"the file {store}", StringComparison.Ordinal)).ShouldBeGreaterThan(5);
        // The search finds what is there.
        foreach (var place in (string[])["telemetry at /v1/traces", "an answer to GET", "an event of the client"])
            _told
                .Any(told => told.Place.StartsWith(place, StringComparison.Ordinal) && told.Text.AsSpan().IndexOf("mganprior"u8) >= 0)
                .ShouldBeTrue(place);
        _told.Add(("what it must find", Encoding.UTF8.GetBytes($"Authorization: Bearer {secret}")));
        Should.Throw<ShouldAssertException>(Search).Message.ShouldContain("a secret of the API is in what it must find");
        _told.RemoveAt(_told.Count - 1);
        Search();
    }

    private void Plant(string name, string text) => _secrets.Add((name, text));

    /// <summary>Finds what was told, as it is and as it stands in JSON and in addresses.</summary>
    private void Search()
    {
        _secrets.ShouldAllBe(secret => secret.Text.Length > 15);
        foreach (var (name, text) in _secrets)
        foreach (var form in new[] { text, Uri.EscapeDataString(text), Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) }.Distinct())
        {
            var bytes = Encoding.UTF8.GetBytes(form);
            foreach (var (place, told) in _told)
                (told.AsSpan().IndexOf(bytes) < 0).ShouldBeTrue($"{name} is in {place}");
        }
    }

    private async Task TellAsync(HttpClient http, HttpRequestMessage request, string? authorization)
    {
        using (request)
        {
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            using var answer = await http.SendAsync(request);
            _told.Add(
                (
                    $"an answer to {request.Method} {request.RequestUri}",
                    Encoding.UTF8.GetBytes($"{answer.Headers}{answer.Content.Headers}{await answer.Content.ReadAsStringAsync()}")
                )
            );
        }
    }

    private static async Task ReadyAsync(SiloProcess silo, HttpClient http, int port)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            silo.IsAlive.ShouldBeTrue(silo.Log);
            Stopwatch.GetElapsedTime(began).ShouldBeLessThan(Patience);
            try
            {
                using var answer = await http.GetAsync($"http://127.0.0.1:{port}/healthz/ready");
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(100);
        }
    }

    private static async Task WaitForSpansAsync(OtlpReceiver receiver)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (
            !receiver.Requests.Any(request => request.Path == "/v1/traces")
            || !receiver.Requests.Any(request => request.Path == "/v1/metrics")
        )
            await Task.Delay(100, patience.Token);
    }
}
