using System.Globalization;
using PmSFC.Grains.Devices.Scheduling;

namespace PmSFC.SiloHost.Configuration;

/// <summary>Every setting of a silo.</summary>
internal static class SiloSettingCatalog
{
    public static SiloSettingDefinition Role { get; } =
        new("role", "role", "both", "both; control: grains and no device; device: devices and no grains");

    public static SiloSettingDefinition Cluster { get; } = new("cluster", "id", "pmsfc", "the cluster to join; a store serves one cluster");

    public static SiloSettingDefinition Service { get; } =
        new("service", "id", "pmsfc", "the service that the cluster is; the same for a cluster that takes over");

    public static SiloSettingDefinition Store { get; } =
        new(
            "store",
            "location",
            "pmsfc-store",
            "the artifact store: a directory for silos of one machine, azurite, azure:<container>, or a container's https address"
        );

    public static SiloSettingDefinition Membership { get; } =
        new(
            "membership",
            "kind",
            "store",
            "how silos find each other: store; Orleans' own tables in the store's Azure account; or its development with the first silo as primary"
        );

    public static SiloSettingDefinition Primary { get; } =
        new("primary", "address:port", "", "the first silo, where membership is development");

    public static SiloSettingDefinition Address { get; } =
        new(
            "address",
            "ip",
            "127.0.0.1",
            "the address at which other silos and clients reach this one; a loopback address is listened at alone"
        );

    public static SiloSettingDefinition SiloPort { get; } = new("silo-port", "port", "11111", "the port for other silos");

    public static SiloSettingDefinition GatewayPort { get; } = new("gateway-port", "port", "30000", "the port for clients; 0 for none");

    public static SiloSettingDefinition WebPort { get; } =
        new(
            "web-port",
            "port",
            "0",
            "the port of /healthz/live, /healthz/ready, /metrics and /queue, and of the API where access or oidc-authority is set; 0 for none"
        )
        {
            EarlierKey = "health-port",
        };

    public static SiloSettingDefinition MetricsPort { get; } =
        new(
            "metrics-port",
            "port",
            "0",
            "a port of its own, in plain HTTP, for /metrics and /queue, which the web port then has no more, and for health, which both have; 0 for none"
        );

    public static SiloSettingDefinition WebTls { get; } =
        new("web-tls", "folder", "", "a folder with tls.crt and tls.key: the web port then speaks HTTPS alone");

    public static SiloSettingDefinition Tls { get; } =
        new(
            "tls",
            "folder",
            "",
            "a folder with tls.crt, tls.key and ca.crt: silos and clients then speak TLS alone, and each shows a certificate of the authority in ca.crt"
        );

    public static SiloSettingDefinition Access { get; } =
        new(
            "access",
            "file",
            "",
            "a file of tokens, whose lines 'pmsfc access token' makes: the web port then has the API, for those who show one"
        );

    public static SiloSettingDefinition OidcAuthority { get; } =
        new(
            "oidc-authority",
            "address",
            "",
            "the https address of an OpenID provider: the web port then has the API, for those who show a JWT of it"
        );

    public static SiloSettingDefinition OidcAudience { get; } =
        new("oidc-audience", "id", "", "the audience that a JWT must be for: the id that the provider has for this cluster");

    public static SiloSettingDefinition OidcRoleClaim { get; } =
        new(
            "oidc-role-claim",
            "claim",
            "roles",
            "the claim of a JWT whose values give roles; a path of names joined by dots where it is inside others"
        );

    public static SiloSettingDefinition OidcRoles { get; } =
        new(
            "oidc-roles",
            "list",
            "pmsfc-viewer=viewer, pmsfc-operator=operator, pmsfc-admin=admin",
            "the role that each value of that claim gives, VALUE=ROLE, separated by commas"
        );

    public static SiloSettingDefinition Devices { get; } =
        new("devices", "list", "auto", "auto: all GPUs, or the CPU where there is none; or a list of cpu, cuda for all GPUs, and cuda:N");

    public static SiloSettingDefinition Threads { get; } = new("threads", "n", "", "threads of the CPU device; all cores by default");

    public static SiloSettingDefinition Memory { get; } =
        new(
            "memory",
            "size",
            "",
            "memory that a batch of a device may use, such as 6GiB; by default half of what the process may use, and of a GPU 80 % of what is free at the start"
        );

    public static SiloSettingDefinition CheckpointEvery { get; } =
        new("checkpoint-every", "seconds", "10", "most seconds of work that a killed silo loses");

    public static SiloSettingDefinition Scheduling { get; } =
        new(
            "scheduling",
            "policy",
            SchedulingPolicies.Default.Name,
            $"which work comes first, of what waits with one priority: {string.Join(" or ", SchedulingPolicies.All.Select(policy => policy.Name))}; the same for all silos"
        );

    public static SiloSettingDefinition Lease { get; } =
        new("lease", "seconds", "30", "how long a silo may be silent before its work and its grains go to others; the same for all silos");

    public static SiloSettingDefinition HangLimit { get; } =
        new(
            "hang-limit",
            "seconds",
            "600",
            "how long a device may make no iteration before its jobs go to others and the silo's liveness fails"
        );

    public static SiloSettingDefinition LogLevel { get; } =
        new("log-level", "level", "information", "least level of what is logged: trace, debug, information, warning, error or critical");

    public static SiloSettingDefinition LogFormat { get; } =
        new(
            "log-format",
            "format",
            "text",
            "how it is written: text, a line for people; or json, an object on a line for collectors of logs"
        );

    public static IReadOnlyList<SiloSettingDefinition> All { get; } =
    [
        Role,
        Cluster,
        Service,
        Store,
        Membership,
        Primary,
        Address,
        SiloPort,
        GatewayPort,
        WebPort,
        MetricsPort,
        WebTls,
        Tls,
        Access,
        OidcAuthority,
        OidcAudience,
        OidcRoleClaim,
        OidcRoles,
        Devices,
        Threads,
        Memory,
        CheckpointEvery,
        Scheduling,
        Lease,
        HangLimit,
        LogLevel,
        LogFormat,
    ];

    /// <summary>The defaults, with this machine's where they depend on it.</summary>
    public static string DefaultOf(SiloSettingDefinition setting) =>
        setting == Threads ? Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture) : setting.Default;
}
