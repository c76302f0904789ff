using System.Globalization;
using System.Text.RegularExpressions;
using PmSFC.Client.Specs;
using PmSFC.Imaging.Files;
using PmSFC.Storage;
using PmSFC.Wording;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace PmSFC.SiloHost.Configuration;

/// <summary>The values of all settings: the defaults, over them a file, over it the environment, over it the arguments.</summary>
internal sealed partial class SiloConfiguration
{
    private const string DefaultOrigin = "default";
    private const int MaximumFileBytes = 1 << 20,
        MaximumDepth = 8;

    private readonly Dictionary<SiloSettingDefinition, SettingValue> _values = SiloSettingCatalog.All.ToDictionary(
        setting => setting,
        setting => new SettingValue(SiloSettingCatalog.DefaultOf(setting), DefaultOrigin)
    );

    private readonly List<string> _problems = [];

    /// <summary>What could not be taken in, a sentence each.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The value of a setting.</summary>
    public SettingValue this[SiloSettingDefinition setting] => _values[setting];

    /// <summary>Takes in a flat mapping of YAML, of which JSON is a part.</summary>
    public SiloConfiguration AddFile(string path)
    {
        try
        {
            using var file = UserFile.OpenRead(path, "a silo's configuration file");
            if (file.Length > MaximumFileBytes)
                return AddProblem($"{path} is larger than 1 MB, which no silo's configuration is.");
            using var reader = new StreamReader(file);
            var text = reader.ReadToEnd();
            if (IsDeep(text))
                return AddProblem(
                    $"{path} holds values in values in values, which no setting is; write 'key: value' on lines of their own."
                );
            var yaml = new YamlStream();
            yaml.Load(new Parser(new AnchoredScalars(new StringReader(text))));
            if (yaml.Documents.Count == 0)
                return this;
            if (yaml.Documents.Count > 1)
                return AddProblem($"{path} holds several documents; keep one and remove the '---'.");
            if (yaml.Documents[0].RootNode is not YamlMappingNode mapping)
                return AddProblem($"{path} is no mapping; write 'key: value' on lines of their own.");
            var given = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
            foreach (var (key, value) in mapping.Children)
                Read(path, key, value, given);
            foreach (var setting in SiloSettingCatalog.All)
                Take(
                    setting,
                    given.GetValueOrDefault(setting.Key),
                    setting.EarlierKey is { } earlier ? given.GetValueOrDefault(earlier) : null
                );
            return this;
        }
        catch (YamlException e)
        {
            return AddProblem($"{path} line {e.Start.Line} is neither YAML nor JSON ({e.Message.TrimEnd('.')}).");
        }
        catch (UserFileException e)
        {
            return AddProblem(e.Message);
        }
        catch (IOException e)
        {
            return AddProblem($"the configuration file {path} cannot be read ({e.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>Takes in the variables that settings have, but none that Kubernetes makes of a Service whose name is such that it has a setting's name.</summary>
    public SiloConfiguration AddEnvironment(Func<string, string?> environment)
    {
        foreach (var setting in SiloSettingCatalog.All)
            Take(setting, FromVariable(setting.Variable), FromVariable(setting.EarlierVariable));
        return this;

        SettingValue? FromVariable(string? name) =>
            name is not null && environment(name) is { Length: > 0 } text && !IsOfAService(name, text)
                ? new SettingValue(text, name)
                : null;
    }

    /// <summary>Takes in an argument.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="text">Its value, or null where it is not given.</param>
    /// <param name="earlier">Its value under its <see cref="SiloSettingDefinition.EarlierKey"/>, or null.</param>
    public SiloConfiguration AddArgument(SiloSettingDefinition setting, string? text, string? earlier = null)
    {
        Take(setting, FromOption(setting.Key, text), FromOption(setting.EarlierKey, earlier));
        return this;

        static SettingValue? FromOption(string? key, string? text) => text is null ? null : new SettingValue(text, $"--{key}");
    }

    /// <summary>The values as a file that would give them again, with where each comes from. It holds no secret.</summary>
    public string Print(Func<string, string?> environment)
    {
        var lines = SiloSettingCatalog
            .All.Select(setting => (Line: $"{setting.Key}: {Quote(_values[setting].Text)}", _values[setting].Origin))
            .ToList();
        var width = lines.Max(line => line.Line.Length);
        var secret = environment(ArtifactStores.ConnectionVariable) is { Length: > 0 } ? "set, ******" : "not set";
        return string.Join(
            '\n',
            lines
                .Select(line => $"{line.Line.PadRight(width)}  # {line.Origin}")
                .Append($"# the store's connection string, {ArtifactStores.ConnectionVariable}: {secret}")
        );
    }

    // A tree is built by recursion, which has an end in the stack of the process.
    private static bool IsDeep(string text)
    {
        var parser = new Parser(new AnchoredScalars(new StringReader(text)));
        for (var depth = 0; parser.MoveNext(); depth += parser.Current!.NestingIncrease)
            if (depth > MaximumDepth)
                return true;
        return false;
    }

    private static string Quote(string text) =>
        text.Length == 0 || text.Any(c => c is ':' or '#' or '\'' or '"') || text.Trim() != text
            ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'"
            : text;

    // A Service pmsfc-silo with a port gives all pods of its namespace PMSFC_SILO_PORT=tcp://10.0.0.1:11111. Its other variables, such as
    // PMSFC_SILO_SERVICE_HOST and PMSFC_SILO_PORT_11111_TCP_ADDR, have no setting's name.
    private static bool IsOfAService(string variable, string text) =>
        variable.EndsWith("_PORT", StringComparison.Ordinal) && ServiceAddress().IsMatch(text);

    [GeneratedRegex(@"\A(tcp|udp|sctp)://\S+:[0-9]+\z")]
    private static partial Regex ServiceAddress();

    /// <summary>Takes in what one source gives a setting under its key and under its earlier one.</summary>
    private void Take(SiloSettingDefinition setting, SettingValue? value, SettingValue? earlier)
    {
        if (value is not null && earlier is not null && value.Text != earlier.Text)
        {
            AddProblem(
                $"{setting.Key} is '{ShownText.Line(value.Text)}' ({value.Origin}) and {setting.EarlierKey}, its earlier name, is '{ShownText.Line(earlier.Text)}' ({earlier.Origin}); keep one of them."
            );
        }

        if ((value ?? earlier) is { } given)
            _values[setting] = given;
    }

    private void Read(string path, YamlNode key, YamlNode value, Dictionary<string, SettingValue> given)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{path} line {key.Start.Line}");
        var names = SiloSettingCatalog.All.Select(known => known.Key).ToList();
        var written = (key as YamlScalarNode)?.Value ?? "";
        if (!SiloSettingCatalog.All.Any(setting => written == setting.Key || written == setting.EarlierKey))
        {
            var meant = Spelling.Nearest(written, names) is { } nearest ? $"did you mean '{nearest}'? The" : "the";
            AddProblem($"{place}: there is no setting '{ShownText.Line(written)}'; {meant} settings are {string.Join(", ", names)}.");
        }
        else if (value is not YamlScalarNode { Value: var text })
            AddProblem($"{place}: {written} must be one value.");
        else if (!string.IsNullOrEmpty(text))
            given[written] = new SettingValue(text, place);
    }

    /// <summary>Notes what could not be taken in.</summary>
    public SiloConfiguration AddProblem(string problem)
    {
        _problems.Add(problem);
        return this;
    }
}
