using System.Net;
using Microsoft.Extensions.Logging;
using PmSFC.Connections;
using PmSFC.SiloHost.Configuration;

namespace PmSFC.Cluster.Tests.Configuration;

public sealed class SiloSettingsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_NothingGiven_IsASiloOfThisMachine()
    {
        var settings = Read(new SiloConfiguration());

        settings.Role.ShouldBe(SiloRole.Both);
        settings.Address.ShouldBe(IPAddress.Loopback);
        (settings.SiloPort, settings.GatewayPort, settings.WebPort).ShouldBe((11111, 30000, 0));
        settings.Threads.ShouldBe(Environment.ProcessorCount);
        settings.MemoryBytes.ShouldBeNull();
        settings.CheckpointInterval.ShouldBe(TimeSpan.FromSeconds(10));
        settings.LogLevel.ShouldBe(LogLevel.Information);
    }

    [Fact]
    public void Read_FileEnvironmentAndArguments_TheLaterHolds()
    {
        var configuration = new SiloConfiguration()
            .AddFile(File("silo.yaml", "role: control\nsilo-port: 1\ngateway-port: 2\nweb-port: 3\nmemory: 6GiB\n"))
            .AddEnvironment(name =>
                name switch
                {
                    "PMSFC_GATEWAY_PORT" => "20",
                    "PMSFC_WEB_PORT" => "30",
                    _ => null,
                }
            )
            .AddArgument(SiloSettingCatalog.WebPort, "300")
            .AddArgument(SiloSettingCatalog.Role, null);

        var settings = Read(configuration);

        settings.Role.ShouldBe(SiloRole.Control);
        (settings.SiloPort, settings.GatewayPort, settings.WebPort).ShouldBe((1, 20, 300));
        settings.MemoryBytes.ShouldBe(6L << 30);
    }

    [Fact]
    public void Read_EarlierNameOfTheWebPort_IsReadEverywhere()
    {
        Read(new SiloConfiguration().AddFile(File("earlier.yaml", "health-port: 8081\n"))).WebPort.ShouldBe(8081);
        Read(new SiloConfiguration().AddEnvironment(name => name == "PMSFC_HEALTH_PORT" ? "8082" : null)).WebPort.ShouldBe(8082);
        Read(new SiloConfiguration().AddArgument(SiloSettingCatalog.WebPort, null, "8083")).WebPort.ShouldBe(8083);
    }

    [Fact]
    public void Read_BothNamesOfTheWebPortInOneSource_AreOneSettingAndMustAgree()
    {
        var configuration = new SiloConfiguration()
            .AddFile(File("both.yaml", "health-port: 1\nweb-port: 2\n"))
            .AddEnvironment(name =>
                name switch
                {
                    "PMSFC_WEB_PORT" => "3",
                    "PMSFC_HEALTH_PORT" => "4",
                    _ => null,
                }
            )
            .AddArgument(SiloSettingCatalog.WebPort, "5", "6");

        configuration.Problems.Count.ShouldBe(3);
        configuration.Problems[0].ShouldContain("both.yaml line 2) and health-port, its earlier name, is '1'");
        configuration
            .Problems[1]
            .ShouldBe("web-port is '3' (PMSFC_WEB_PORT) and health-port, its earlier name, is '4' (PMSFC_HEALTH_PORT); keep one of them.");
        configuration
            .Problems[2]
            .ShouldBe("web-port is '5' (--web-port) and health-port, its earlier name, is '6' (--health-port); keep one of them.");
        Read(new SiloConfiguration().AddEnvironment(name => name is "PMSFC_WEB_PORT" or "PMSFC_HEALTH_PORT" ? "7" : null))
            .WebPort.ShouldBe(7);
    }

    [Fact]
    public void Read_EarlierNameInALaterSource_Holds() =>
        Read(new SiloConfiguration().AddFile(File("silo.yaml", "web-port: 1\n")).AddArgument(SiloSettingCatalog.WebPort, null, "2"))
            .WebPort.ShouldBe(2);

    [Fact]
    public void Read_VariablesThatKubernetesMakesOfServices_AreNoSettings()
    {
        var ofServices = new Dictionary<string, string>
        {
            ["PMSFC_SERVICE_HOST"] = "10.0.0.1",
            ["PMSFC_PORT"] = "tcp://10.0.0.1:11111",
            ["PMSFC_SILO_SERVICE_HOST"] = "10.0.0.1",
            ["PMSFC_SILO_SERVICE_PORT"] = "11112",
            ["PMSFC_SILO_PORT"] = "tcp://10.0.0.1:11112",
            ["PMSFC_GATEWAY_PORT"] = "udp://10.0.0.2:30001",
            ["PMSFC_GATEWAY_PORT_30001_UDP"] = "udp://10.0.0.2:30001",
            ["PMSFC_GATEWAY_PORT_30001_UDP_ADDR"] = "10.0.0.2",
            ["PMSFC_GATEWAY_PORT_30001_UDP_PORT"] = "30001",
            ["PMSFC_WEB_PORT"] = "tcp://[fd00::1]:8080",
            ["PMSFC_HEALTH_PORT"] = "sctp://10.0.0.3:8081",
        };

        Read(new SiloConfiguration().AddEnvironment(ofServices.GetValueOrDefault)).ShouldBe(Read(new SiloConfiguration()));
    }

    [Theory]
    [InlineData("PMSFC_SILO_PORT", "abc")]
    [InlineData("PMSFC_SILO_PORT", "http://10.0.0.1:11111")]
    [InlineData("PMSFC_SILO_PORT", "tcp://10.0.0.1")]
    [InlineData("PMSFC_HEALTH_PORT", "tcp:8080")]
    [InlineData("PMSFC_CLUSTER", "tcp://10.0.0.1:11111")]
    public void Read_MistakeInAVariable_IsRefused(string variable, string text)
    {
        var reader = new SiloSettingsReader(new SiloConfiguration().AddEnvironment(name => name == variable ? text : null));

        reader.Read().ShouldBeNull();

        reader.Problems.ShouldHaveSingleItem().ShouldContain($"is '{text}' ({variable}), but must be");
    }

    [Fact]
    public void Read_OpenIdProvider_HasItsRoles()
    {
        var oidc = Read(Oidc("https://login.example.com/realms/lab", "pmsfc", "cluster admins=admin, lab=viewer")).Oidc!;

        (oidc.Authority.ToString(), oidc.Audience, oidc.RoleClaim).ShouldBe(("https://login.example.com/realms/lab", "pmsfc", "roles"));
        oidc.Roles.ShouldBe(
            new Dictionary<string, AccessRole> { ["cluster admins"] = AccessRole.Admin, ["lab"] = AccessRole.Viewer },
            ignoreOrder: true
        );
        Read(Oidc("http://127.0.0.1:8080/realms/lab", "pmsfc")).Oidc!.Roles["pmsfc-operator"].ShouldBe(AccessRole.Operator);
        Read(new SiloConfiguration()).Oidc.ShouldBeNull();
    }

    [Theory]
    [InlineData(
        "http://login.example.com",
        "pmsfc",
        "a=viewer",
        "oidc-authority is 'http://login.example.com' (--oidc-authority), but must be the https address of an OpenID provider"
    )]
    [InlineData("login.example.com", "pmsfc", "a=viewer", "but must be the https address")]
    [InlineData("https://login.example.com?x=1", "pmsfc", "a=viewer", "but must be the https address")]
    [InlineData("https://me:secret@login.example.com", "pmsfc", "a=viewer", "but must be the https address")]
    [InlineData("file:///etc/passwd", "pmsfc", "a=viewer", "but must be the https address")]
    [InlineData(
        "https://login.example.com",
        "",
        "a=viewer",
        "oidc-authority is set, but not oidc-audience: set it to the id that the provider has for this cluster."
    )]
    [InlineData(
        "https://login.example.com",
        "pmsfc",
        "a=chief",
        "oidc-roles is 'a=chief' (--oidc-roles), but must be VALUE=ROLE, separated by commas, each value once, with the roles viewer, operator, admin."
    )]
    public void Read_BadOpenIdProvider_SaysWhatIsWrong(string authority, string audience, string roles, string sentence)
    {
        var reader = new SiloSettingsReader(Oidc(authority, audience, roles));

        reader.Read().ShouldBeNull();

        reader.Problems.ShouldHaveSingleItem().ShouldContain(sentence);
    }

    private static SiloConfiguration Oidc(string authority, string audience, string? roles = null) =>
        new SiloConfiguration()
            .AddArgument(SiloSettingCatalog.WebPort, "8080")
            .AddArgument(SiloSettingCatalog.OidcAuthority, authority)
            .AddArgument(SiloSettingCatalog.OidcAudience, audience)
            .AddArgument(SiloSettingCatalog.OidcRoles, roles);

    [Fact]
    public void Read_Json_IsRead() =>
        Read(new SiloConfiguration().AddFile(File("silo.json", """{ "role": "device", "checkpoint-every": 0.5, "cluster": "night" }""")))
            .CheckpointInterval.ShouldBe(TimeSpan.FromSeconds(0.5));

    [Theory]
    [InlineData("role", "master", "role is 'master' (--role), but must be one of both, control, device.")]
    [InlineData("cluster", "Night", "cluster is 'Night' (--cluster), but must be 1 to 63 lower-case letters")]
    [InlineData("address", "0.0.0.0", "but must be an IP address at which other silos reach this one.")]
    [InlineData("address", "localhost", "but must be an IP address")]
    [InlineData("silo-port", "0", "silo-port is '0' (--silo-port), but must be a whole number from 1 to 65535.")]
    [InlineData("gateway-port", "65536", "from 0 to 65535")]
    [InlineData("gateway-port", "11111", "silo-port and gateway-port are both 11111; give each a port of its own.")]
    [InlineData("threads", "0", "from 1 to 1024")]
    [InlineData(
        "devices",
        "gpu0",
        "devices is 'gpu0' (--devices), but must be auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1."
    )]
    [InlineData("memory", "5 monkeys", "but must be an amount such as 4GiB, 1.5GB or 800MiB.")]
    [InlineData("memory", "9999999999GiB", "but must be an amount")]
    [InlineData("checkpoint-every", "NaN", "from 0.1 to 86400 seconds")]
    [InlineData("scheduling", "fair-shares", "did you mean 'fair-share'?")]
    [InlineData("lease", "1", "from 3 to 3600 seconds")]
    [InlineData("log-level", "loud", "but must be trace, debug, information")]
    [InlineData("log-format", "xml", "log-format is 'xml' (--log-format), but must be one of text, json.")]
    [InlineData("web-port", "-1", "web-port is '-1' (--web-port), but must be a whole number from 0 to 65535.")]
    [InlineData("web-port", "30000", "gateway-port and web-port are both 30000; give each a port of its own.")]
    [InlineData("metrics-port", "30000", "gateway-port and metrics-port are both 30000; give each a port of its own.")]
    [InlineData(
        "web-tls",
        "certificates",
        "web-tls is set, but web-port is 0, so there is no port to protect: set web-port, for example to 8443."
    )]
    [InlineData(
        "oidc-audience",
        "pmsfc",
        "oidc-audience is set, but not oidc-authority: set it to the https address of the OpenID provider."
    )]
    [InlineData("membership", "development", "membership is development, which needs the first silo's address and port")]
    [InlineData("primary", "here", "but must be an IP address and a port")]
    public void Read_BadValue_SaysWhatWhereAndWhatItMustBe(string key, string text, string sentence)
    {
        var reader = new SiloSettingsReader(
            new SiloConfiguration().AddArgument(SiloSettingCatalog.All.Single(setting => setting.Key == key), text)
        );

        reader.Read().ShouldBeNull();

        reader.Problems.ShouldHaveSingleItem().ShouldContain(sentence);
    }

    [Fact]
    public void Read_SeveralProblems_TellsAllWithTheirPlaces()
    {
        var reader = new SiloSettingsReader(
            new SiloConfiguration()
                .AddFile(File("silo.yaml", "role: control\nsilo-prot: 3\nthreads: [1]\nlease: x\n"))
                .AddEnvironment(name => name == "PMSFC_THREADS" ? "many" : null)
        );

        reader.Read().ShouldBeNull();

        reader.Problems.Count.ShouldBe(4);
        reader
            .Problems[0]
            .ShouldContain("silo.yaml line 2: there is no setting 'silo-prot'; did you mean 'silo-port'? The settings are role, cluster,");
        reader.Problems[1].ShouldContain("silo.yaml line 3: threads must be one value.");
        reader.Problems[2].ShouldBe("threads is 'many' (PMSFC_THREADS), but must be a whole number from 1 to 1024.");
        reader.Problems[3].ShouldContain("silo.yaml line 4), but must be from 3 to 3600 seconds.");
    }

    [Theory]
    [InlineData("- a\n- b\n", "is no mapping")]
    [InlineData("role: 'both\n", "is neither YAML nor JSON")]
    [InlineData(null, "does not exist; check the path.")]
    public void Read_BadFile_SaysWhichAndWhy(string? content, string sentence)
    {
        var path = content is null ? Path.Combine(_directory.Path, "silo.yaml") : File("silo.yaml", content);

        var problem = new SiloConfiguration().AddFile(path).Problems.ShouldHaveSingleItem();

        problem.ShouldContain("silo.yaml");
        problem.ShouldContain(sentence);
    }

    [Fact]
    public void Print_IsAFileThatGivesTheSameSettings_AndHidesTheSecret()
    {
        var configuration = new SiloConfiguration()
            .AddArgument(SiloSettingCatalog.Store, "azure:faces")
            .AddArgument(SiloSettingCatalog.Primary, "[::1]:11111")
            .AddArgument(SiloSettingCatalog.Memory, "1GiB");

        var printed = configuration.Print(name => name == "PMSFC_STORE_CONNECTION" ? "AccountKey=c2VjcmV0" : null);

        printed.ShouldNotContain("c2VjcmV0");
        printed.ShouldContain("PMSFC_STORE_CONNECTION: set, ******");
        printed.ShouldContain("# --store");
        Read(new SiloConfiguration().AddFile(File("printed.yaml", printed))).ShouldBe(Read(configuration));
    }

    private static SiloSettings Read(SiloConfiguration configuration)
    {
        var reader = new SiloSettingsReader(configuration);
        var settings = reader.Read();
        reader.Problems.ShouldBeEmpty();
        return settings.ShouldNotBeNull();
    }

    private string File(string name, string content)
    {
        var path = Path.Combine(_directory.Path, name);
        System.IO.File.WriteAllText(path, content);
        return path;
    }
}
