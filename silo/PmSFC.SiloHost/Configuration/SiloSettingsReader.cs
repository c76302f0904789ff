using System.Net;
using Microsoft.Extensions.Logging;
using PmSFC.Connections;
using PmSFC.Grains.Devices.Scheduling;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.SiloHost.Logging;
using PmSFC.Storage;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost.Configuration;

/// <summary>Makes settings of a configuration, and says of each value that it cannot take what is wrong with it, where, and what it must be.</summary>
internal sealed class SiloSettingsReader(SiloConfiguration configuration)
{
    private readonly List<string> _problems = [.. configuration.Problems];

    /// <summary>Every problem, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The settings, or null where there are problems.</summary>
    public SiloSettings? Read()
    {
        var settings = new SiloSettings
        {
            Role = Choice<SiloRole>(SiloSettingCatalog.Role),
            Cluster = Value(SiloSettingCatalog.Cluster, ValueKinds.Id) ?? "",
            Service = Value(SiloSettingCatalog.Service, ValueKinds.Id) ?? "",
            Store = Value(SiloSettingCatalog.Store, ValueKinds.StoreLocation) ?? "",
            Membership = Choice<MembershipKind>(SiloSettingCatalog.Membership),
            Primary = ValueOrNone(SiloSettingCatalog.Primary, ValueKinds.Endpoint),
            Address = Address(SiloSettingCatalog.Address),
            SiloPort = Value(SiloSettingCatalog.SiloPort, ValueKinds.Integer(1, IPEndPoint.MaxPort)),
            GatewayPort = Value(SiloSettingCatalog.GatewayPort, ValueKinds.Integer(0, IPEndPoint.MaxPort)),
            WebPort = Value(SiloSettingCatalog.WebPort, ValueKinds.Integer(0, IPEndPoint.MaxPort)),
            MetricsPort = Value(SiloSettingCatalog.MetricsPort, ValueKinds.Integer(0, IPEndPoint.MaxPort)),
            WebTls = ValueOrNone(SiloSettingCatalog.WebTls, ValueKinds.Path),
            Tls = ValueOrNone(SiloSettingCatalog.Tls, ValueKinds.Path),
            Access = ValueOrNone(SiloSettingCatalog.Access, ValueKinds.Path),
            Oidc = Oidc(),
            Devices = DeviceList(SiloSettingCatalog.Devices),
            Threads = Value(SiloSettingCatalog.Threads, ValueKinds.Integer(1, 1024)),
            MemoryBytes = ValueOrNone(SiloSettingCatalog.Memory, ValueKinds.Bytes.Optional()),
            CheckpointInterval = Value(SiloSettingCatalog.CheckpointEvery, ValueKinds.Seconds(0.1, 86_400)),
            Scheduling = SchedulingPolicies.Find(
                Value(SiloSettingCatalog.Scheduling, ValueKinds.Choice(SchedulingPolicies.All.Select(policy => policy.Name))) ?? ""
            ) ?? SchedulingPolicies.Default,
            Lease = Value(SiloSettingCatalog.Lease, ValueKinds.Seconds(3, 3600)),
            HangLimit = Value(SiloSettingCatalog.HangLimit, ValueKinds.Seconds(1, 86_400)),
            LogLevel = Level(SiloSettingCatalog.LogLevel),
            LogFormat = Choice<LogFormat>(SiloSettingCatalog.LogFormat),
        };
        if (settings.Membership == MembershipKind.Development && settings.Primary is null && Text(SiloSettingCatalog.Primary).Length == 0)
            _problems.Add(
                "membership is development, which needs the first silo's address and port: set primary, for example to 127.0.0.1:11111."
            );
        if (
            settings.Membership == MembershipKind.Tables
            && settings.Store.Length > 0
            && ArtifactStores.FolderOf(settings.Store) is not null
        )
            _problems.Add(
                "membership is tables, which needs a store in an Azure account: set store to azurite, azure:<container> or a container's https address."
            );
        if (settings is { Access: not null, WebPort: 0 } && Text(SiloSettingCatalog.WebPort) == "0")
            _problems.Add("access is set, but web-port is 0, so there is no port for the API: set web-port, for example to 8080.");
        if (settings is { Oidc: not null, WebPort: 0 } && Text(SiloSettingCatalog.WebPort) == "0")
            _problems.Add("oidc-authority is set, but web-port is 0, so there is no port for the API: set web-port, for example to 8080.");
        if (settings is { WebTls: not null, WebPort: 0 } && Text(SiloSettingCatalog.WebPort) == "0")
            _problems.Add("web-tls is set, but web-port is 0, so there is no port to protect: set web-port, for example to 8443.");
        SiloSettingDefinition[] ports =
        [
            SiloSettingCatalog.SiloPort,
            SiloSettingCatalog.GatewayPort,
            SiloSettingCatalog.WebPort,
            SiloSettingCatalog.MetricsPort,
        ];
        foreach (var same in ports.Where(port => Text(port) != "0").GroupBy(Text).Where(group => group.Count() > 1))
            _problems.Add($"{string.Join(" and ", same.Select(port => port.Key))} are both {same.Key}; give each a port of its own.");
        return _problems.Count == 0 ? settings : null;
    }

    private string Text(SiloSettingDefinition setting) => configuration[setting].Text;

    private T? Refuse<T>(SiloSettingDefinition setting, string mustBe)
    {
        var value = configuration[setting];
        _problems.Add($"{setting.Key} is '{value.Text}' ({value.Origin}), but must be {mustBe}.");
        return default;
    }

    private T Choice<T>(SiloSettingDefinition setting)
        where T : struct, Enum =>
        Value(setting, ValueKinds.Choice(Enum.GetValues<T>().Select(Name))) is { } name
            ? Enum.GetValues<T>().FirstOrDefault(value => Name(value) == name)
            : default;

    private LogLevel Level(SiloSettingDefinition setting) =>
        Enum.GetValues<LogLevel>()
            .Where(level => level != LogLevel.None)
            .Cast<LogLevel?>()
            .FirstOrDefault(level => Name(level!.Value) == Text(setting))
        ?? Refuse<LogLevel>(setting, "trace, debug, information, warning, error or critical");

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private T? Value<T>(SiloSettingDefinition setting, ValueKind<T> kind)
    {
        if (kind.Read(setting.Key, Text(setting), out var value, configuration[setting].Origin) is { } problem)
            _problems.Add(problem);
        return value;
    }

    private T? ValueOrNone<T>(SiloSettingDefinition setting, ValueKind<T> kind) =>
        Text(setting).Length == 0 ? default : Value(setting, kind);

    private IPAddress Address(SiloSettingDefinition setting) =>
        IPAddress.TryParse(Text(setting), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : Refuse<IPAddress>(setting, "an IP address at which other silos reach this one") ?? IPAddress.None;

    private OidcOptions? Oidc()
    {
        var (authority, audience) = (Text(SiloSettingCatalog.OidcAuthority), Text(SiloSettingCatalog.OidcAudience));
        if (authority.Length == 0)
        {
            if (audience.Length > 0)
                _problems.Add("oidc-audience is set, but not oidc-authority: set it to the https address of the OpenID provider.");
            return null;
        }

        if (audience.Length == 0)
            _problems.Add("oidc-authority is set, but not oidc-audience: set it to the id that the provider has for this cluster.");
        var address =
            Uri.TryCreate(authority, UriKind.Absolute, out var uri) && OidcOptions.IsAuthority(uri)
                ? uri
                : Refuse<Uri>(
                    SiloSettingCatalog.OidcAuthority,
                    "the https address of an OpenID provider, such as https://login.example.com/realms/lab; http is taken on this machine alone"
                );
        var roles = OidcOptions.ReadRoles(Text(SiloSettingCatalog.OidcRoles))
            ?? Refuse<IReadOnlyDictionary<string, AccessRole>>(
                SiloSettingCatalog.OidcRoles,
                $"VALUE=ROLE, separated by commas, each value once, with the roles {string.Join(", ", AccessToken.Roles)}"
            );
        return address is null || roles is null
            ? null
            : new OidcOptions
            {
                Authority = address,
                Audience = audience,
                RoleClaim = Text(SiloSettingCatalog.OidcRoleClaim),
                Roles = roles,
            };
    }

    private string DeviceList(SiloSettingDefinition setting) =>
        DeviceRequest.IsValid(Text(setting)) ? Text(setting) : Refuse<string>(setting, DeviceRequest.Form) ?? "";
}
