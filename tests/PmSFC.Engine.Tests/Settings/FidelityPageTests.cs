using System.Globalization;
using System.Text.RegularExpressions;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tests.Settings;

/// <summary>docs/fidelity.md sets public settings next to the presets <c>paper</c>; its tables are what the catalogues hold.</summary>
public sealed partial class FidelityPageTests
{
    private const string Preset = "paper";

    private static readonly Dictionary<string, SettingsSchema> Schemas = Known().ToDictionary(known => known.Name, known => known.Schema);

    private static readonly IReadOnlyList<Row> Rows = Read();

    public static TheoryData<string> Names => [.. Schemas.Keys];

    [Fact]
    public void Page_HasATableForEveryPresetPaperAndNoOther() =>
        Rows.Select(row => row.Table).Distinct().Order(StringComparer.Ordinal).ShouldBe(Schemas.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Table_OfAPreset_HasItsValues(string name)
    {
        foreach (var row in Rows.Where(row => row.Table == name))
        {
            var definition = Schemas[name]
                .Definitions.SingleOrDefault(definition => definition.Name == row.Setting)
                .ShouldNotBeNull($"{name} has no '{row.Setting}'");
            var resolved = Schemas[name]
                .Resolve(Preset, new Dictionary<string, string>(), Context(name, row.For))
                .Settings.ShouldNotBeNull();
            definition
                .Canonicalize(row.Value)
                .ShouldBe(Schemas[name].TextOf(resolved, row.Setting), $"{name}: {row.Setting} for '{row.For}'");
            row.Public.ShouldNotBeNullOrWhiteSpace($"{name}: {row.Setting} for '{row.For}' does not say what is public");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Table_OfAPreset_LeavesNoSettingAndNoVariantOut(string name)
    {
        var written = Rows.Where(row => row.Table == name).Select(row => (row.Setting, row.For)).ToArray();
        written.ShouldBeUnique();
        var wanted = Schemas[name]
            .Definitions.Select(definition => (definition.Name, ""))
            .Concat(
                Schemas[name]
                    .Variants.Where(variant => variant.Key.Preset == Preset)
                    .SelectMany(variant => variant.Value.Keys.Select(setting => (setting, variant.Key.Task)))
            );

        wanted.Except(written).ShouldBeEmpty();
    }

    /// <summary>How much more sums weigh V than means with a weight of 0.001 do.</summary>
    [Fact]
    public void Page_ShareOfVInSumsAgainstMeans_IsThatOfTheNetworks()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/fidelity.md"));
        var discriminator = EngineCatalog.BuiltIn.Perceptual.Read(Repository.BundledDiscriminator, "bundled");

        page.ShouldContain(
            $"{Text(TrunkFeaturesArchitecture.Vgg16, 256)} times at 256 pixels with VGG16, {Text(discriminator, 64)} times with the bundled generator"
        );

        static string Text(IPerceptualArchitecture network, int side) =>
            (1000 * network.Features(side) / (3.0 * side * side)).ToString("#,0", CultureInfo.InvariantCulture).Replace(',', ' ');
    }

    private static IEnumerable<(string Name, SettingsSchema Schema)> Known()
    {
        foreach (
            var method in EngineCatalog.BuiltIn.Methods.Where(method =>
                method.Settings.Presets.ContainsKey(Preset) && method is not FeedForwardMethod
            )
        )
            yield return ($"Method {method.Name}", method.Settings);
        foreach (var training in EngineCatalog.BuiltIn.Trainings.Where(training => training.Settings.Presets.ContainsKey(Preset)))
            yield return ($"Training {training.Kind}", training.Settings);
        foreach (var discovery in EngineCatalog.BuiltIn.Discoveries.Where(discovery => discovery.Settings.Presets.ContainsKey(Preset)))
            yield return ($"Discovery {discovery.Name}", discovery.Settings);
    }

    /// <summary>What planning resolves a preset for: a task, and perhaps one value of a setting of it.</summary>
    private static SettingsContext Context(string table, string written)
    {
        string[] parts = written.Length == 0 ? ["inversion"] : written.Split(' ');
        var task = EngineCatalog.BuiltIn.FindTask(parts[0]).ShouldNotBeNull($"'{written}' names no task");
        var given = parts.Skip(1).Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        var settings = task.Settings.Resolve(null, given).Settings.ShouldNotBeNull();
        return new SettingsContext(task.Name, table.StartsWith("Training", StringComparison.Ordinal) ? settings : task.MethodSettings)
        {
            TaskSettings = settings,
        };
    }

    private static List<Row> Read()
    {
        var rows = new List<Row>();
        var table = "";
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "docs/fidelity.md")))
        {
            if (Heading().Match(line) is { Success: true } heading)
                table = $"{heading.Groups[1].Value} {heading.Groups[2].Value}";
            else if (line.StartsWith('#'))
                table = "";
            else if (table.Length > 0 && Setting().Match(line) is { Success: true } setting)
                rows.Add(
                    new Row(
                        table,
                        setting.Groups[1].Value,
                        setting.Groups[2].Value.Trim(),
                        setting.Groups[3].Value.Trim(),
                        setting.Groups[4].Value.Trim()
                    )
                );
        }

        return rows;
    }

    [GeneratedRegex("^### (Method|Training|Discovery) `([a-z0-9-]+)`$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| `([a-z0-9-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$")]
    private static partial Regex Setting();

    private sealed record Row(string Table, string Setting, string For, string Value, string Public);
}
