using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tests.Documentation;

/// <summary>What the documentation lists is what there is.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Readme_Tables_ListWhatThereIs()
    {
        Names("method").ShouldBe(EngineCatalog.BuiltIn.Methods.Select(method => method.Name), ignoreOrder: true);
        Names("task").ShouldBe(EngineCatalog.BuiltIn.Tasks.Select(task => task.Name));
        Names("metric").ShouldBe(EngineCatalog.BuiltIn.Metrics.All.Select(metric => metric.Name));

        static IReadOnlyList<string> Names(string table) => MarkdownTable.Of("docs/sweeps.md", table).Names;
    }

    [Fact]
    public void WeightsPage_TableOfLayouts_ListsThem() =>
        MarkdownTable
            .Of("docs/weights.md", "layout")
            .Names.ShouldBe(EngineCatalog.BuiltIn.Families.All.SelectMany(family => family.Layouts).Select(layout => layout.Name));

    [Fact]
    public void Readme_TableOfTasks_ListsTheirSettings()
    {
        var table = MarkdownTable.Of("docs/sweeps.md", "task");
        foreach (var row in table.Rows)
        foreach (var setting in EngineCatalog.BuiltIn.FindTask(row[0].Trim('`'))!.Settings.Definitions)
            row[2].ShouldContain($"`{setting.Name}`");
    }

    [Fact]
    public void PresetsPage_TableOfTuned_HasWhatTheMethodsHave()
    {
        var table = MarkdownTable.Of("docs/presets.md", "method");

        table.Names.ShouldBe(
            EngineCatalog
                .BuiltIn.Methods.Where(method => method.Settings.Definitions.Any(setting => setting.Name == "iterations"))
                .Select(method => method.Name),
            ignoreOrder: true
        );
        foreach (var row in table.Rows)
        {
            var schema = EngineCatalog.BuiltIn.FindMethod(row[0].Trim('`'))!.Settings;
            var (tuned, forTask) = (Tuned(schema, "inversion"), Tuned(schema, "colorization"));
            foreach (var (column, value) in table.Columns.Zip(row).Skip(1))
                (tuned.GetValueOrDefault(column.Trim('`')) ?? "–").ShouldBe(value, $"{row[0]}, {column}");
            if (tuned.ContainsKey("split"))
                forTask["split"].ShouldBe("3", "the sentence below the table");
        }

        static ResolvedSettings Tuned(SettingsSchema schema, string task) =>
            Resolve(schema, "tuned", new SettingsContext(task, new Dictionary<string, string>()));
    }

    [Fact]
    public void PresetsPage_TableOfTunedStyles_HasWhatIsNotAsInTuned()
    {
        var table = MarkdownTable.Of("docs/presets.md", "method with `tuned-styles`");

        table.Names.ShouldBe(
            EngineCatalog
                .BuiltIn.Methods.Where(method => method.Settings.Presets.ContainsKey("tuned-styles"))
                .Select(method => method.Name),
            ignoreOrder: true
        );
        foreach (var row in table.Rows)
        {
            var schema = EngineCatalog.BuiltIn.FindMethod(row[0].Trim('`'))!.Settings;
            var expected = Resolve(schema, "tuned").ToDictionary();
            foreach (var (column, value) in table.Columns.Zip(row).Skip(1))
                expected[column.Trim('`')] = value;
            Resolve(schema, "tuned-styles").ShouldBe(expected, ignoreOrder: true);
        }
    }

    private static ResolvedSettings Resolve(SettingsSchema schema, string preset, SettingsContext? context = null) =>
        schema.Resolve(preset, new Dictionary<string, string>(), context).Settings.ShouldNotBeNull();
}
