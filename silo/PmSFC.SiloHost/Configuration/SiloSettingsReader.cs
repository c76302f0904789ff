using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.Storage;

namespace PmSFC.SiloHost.Configuration;

/// <summary>Makes settings of a configuration, and says of each value that it cannot take what is wrong with it, where, and what it must be.</summary>
internal sealed partial class SiloSettingsReader(SiloConfiguration configuration)
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
            Cluster = Id(SiloSettingCatalog.Cluster),
            Service = Id(SiloSettingCatalog.Service),
            Store = Text(SiloSettingCatalog.Store),
            Membership = Choice<MembershipKind>(SiloSettingCatalog.Membership),
            Primary = Endpoint(SiloSettingCatalog.Primary),
            Address = Address(SiloSettingCatalog.Address),
            SiloPort = Integer(SiloSettingCatalog.SiloPort, 1, IPEndPoint.MaxPort),
            GatewayPort = Integer(SiloSettingCatalog.GatewayPort, 0, IPEndPoint.MaxPort),
            HealthPort = Integer(SiloSettingCatalog.HealthPort, 0, IPEndPoint.MaxPort),
            Devices = DeviceList(SiloSettingCatalog.Devices),
            Threads = Integer(SiloSettingCatalog.Threads, 1, 1024),
            MemoryBytes = Bytes(SiloSettingCatalog.Memory),
            CheckpointInterval = Seconds(SiloSettingCatalog.CheckpointEvery, 0.1, 86_400),
            Lease = Seconds(SiloSettingCatalog.Lease, 3, 3600),
            HangLimit = Seconds(SiloSettingCatalog.HangLimit, 1, 86_400),
            LogLevel = Level(SiloSettingCatalog.LogLevel),
        };
        if (settings.Membership == MembershipKind.Development && settings.Primary is null && Text(SiloSettingCatalog.Primary).Length == 0)
            _problems.Add("membership is development, which needs the first silo's address and port: set primary, for example to 127.0.0.1:11111.");
        if (settings.Membership == MembershipKind.Tables && ArtifactStores.IsDirectory(settings.Store))
            _problems.Add("membership is tables, which needs a store in an Azure account: set store to azurite, azure:<container> or a container's https address.");
        SettingDefinition[] ports = [SiloSettingCatalog.SiloPort, SiloSettingCatalog.GatewayPort, SiloSettingCatalog.HealthPort];
        foreach (var same in ports.Where(port => Text(port) != "0").GroupBy(Text).Where(group => group.Count() > 1))
            _problems.Add($"{string.Join(" and ", same.Select(port => port.Key))} are both {same.Key}; give each a port of its own.");
        return _problems.Count == 0 ? settings : null;
    }

    private string Text(SettingDefinition setting) => configuration[setting].Text;

    private T? Refuse<T>(SettingDefinition setting, string mustBe)
    {
        var value = configuration[setting];
        _problems.Add($"{setting.Key} is '{value.Text}' ({value.Origin}), but must be {mustBe}.");
        return default;
    }

    private T Choice<T>(SettingDefinition setting)
        where T : struct, Enum =>
        Enum.GetValues<T>().Cast<T?>().FirstOrDefault(value => Name(value!.Value) == Text(setting))
            ?? Refuse<T>(setting, $"one of {string.Join(", ", Enum.GetValues<T>().Select(Name))}");

    private LogLevel Level(SettingDefinition setting) =>
        Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None).Cast<LogLevel?>().FirstOrDefault(level => Name(level!.Value) == Text(setting))
            ?? Refuse<LogLevel>(setting, "trace, debug, information, warning, error or critical");

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private string Id(SettingDefinition setting) => IdPattern().IsMatch(Text(setting))
        ? Text(setting)
        : Refuse<string>(setting, "1 to 63 lower-case letters, digits and '-', beginning with a letter or digit") ?? "";

    private IPAddress Address(SettingDefinition setting) =>
        IPAddress.TryParse(Text(setting), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : Refuse<IPAddress>(setting, "an IP address at which other silos reach this one") ?? IPAddress.None;

    private IPEndPoint? Endpoint(SettingDefinition setting) =>
        Text(setting).Length == 0 ? null
        : IPEndPoint.TryParse(Text(setting), out var endpoint) && endpoint.Port > 0 ? endpoint
        : Refuse<IPEndPoint>(setting, "an IP address and a port, for example 127.0.0.1:11111");

    private string DeviceList(SettingDefinition setting) => DeviceDiscovery.IsRequest(Text(setting))
        ? Text(setting)
        : Refuse<string>(setting, "auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1") ?? "";

    private int Integer(SettingDefinition setting, int least, int most) =>
        int.TryParse(Text(setting), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Refuse<int>(setting, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));

    private TimeSpan Seconds(SettingDefinition setting, double least, double most) =>
        double.TryParse(Text(setting), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds >= least && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : Refuse<TimeSpan>(setting, string.Create(CultureInfo.InvariantCulture, $"from {least} to {most} seconds"));

    private long? Bytes(SettingDefinition setting) =>
        Text(setting).Length == 0 ? null : MemorySize.Parse(Text(setting)) ?? Refuse<long?>(setting, "an amount such as 4GiB, 1.5GB or 800MiB");

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex IdPattern();
}
