using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Tests.Settings;

public sealed class SettingsSchemaTests
{
    private static readonly SettingsSchema Schema = new(
        [
            new("codes", SettingKind.Integer, "5", "number of codes") { Minimum = 1, Maximum = 64 },
            new("learning-rate", SettingKind.Number, "0.05", "step size") { Minimum = 0, ExcludesMinimum = true },
            new("optimizer", SettingKind.Choice, "adam", "update rule") { Choices = ["adam", "sgd"] },
        ],
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["paper"] = new Dictionary<string, string> { ["learning-rate"] = "1e-4" },
        },
        new Dictionary<(string, string), IReadOnlyDictionary<string, string>>
        {
            [("paper", "inpainting")] = new Dictionary<string, string> { ["codes"] = "7" },
        }
    );

    [Fact]
    public void Resolve_OfNothing_GivesDefaultsInOrdinalOrder()
    {
        var settings = Resolve(null);

        settings.ToString().ShouldBe("codes=5 learning-rate=0.05 optimizer=adam");
        settings.Integer("codes").ShouldBe(5);
        settings.Number("learning-rate").ShouldBe(0.05);
        settings.Choice("optimizer").ShouldBe("adam");
    }

    [Fact]
    public void Resolve_OfAPreset_IsOverriddenByTheUser()
    {
        Resolve("paper")["learning-rate"].ShouldBe("0.0001");
        Resolve("paper", ("learning-rate", "2"))["learning-rate"].ShouldBe("2");
    }

    [Theory]
    [InlineData(null, "colorization", "codes=6 learning-rate=0.05 optimizer=adam")]
    [InlineData("paper", "colorization", "codes=6 learning-rate=0.0001 optimizer=adam")]
    [InlineData("paper", "inpainting", "codes=7 learning-rate=0.0001 optimizer=adam")]
    public void Resolve_ForATask_PutsItsValuesAndThePresetsVariantOverThePreset(string? preset, string task, string expected)
    {
        var context = new SettingsContext(task, new Dictionary<string, string> { ["codes"] = "6", ["unknown"] = "1" });

        Schema.Resolve(preset, new Dictionary<string, string>(), context).Settings.ShouldNotBeNull().ToString().ShouldBe(expected);
        Schema.Resolve(preset, new Dictionary<string, string> { ["codes"] = "9" }, context).Settings!["codes"].ShouldBe("9");
    }

    [Fact]
    public void Resolve_ForAValueOfATasksSetting_PutsItsVariantOverTheTasks()
    {
        var schema = new SettingsSchema(
            [.. Schema.Definitions],
            Schema.Presets,
            new Dictionary<(string, string), IReadOnlyDictionary<string, string>>
            {
                [("paper", SettingsContext.Variant("super-resolution", "factor", "8"))] = new Dictionary<string, string>
                {
                    ["codes"] = "8",
                },
                [("paper", "super-resolution")] = new Dictionary<string, string> { ["codes"] = "7", ["optimizer"] = "sgd" },
            }
        );

        Codes("8").ShouldBe("codes=8 learning-rate=0.0001 optimizer=sgd");
        Codes("4").ShouldBe("codes=7 learning-rate=0.0001 optimizer=sgd");

        string Codes(string factor) =>
            schema
                .Resolve(
                    "paper",
                    new Dictionary<string, string>(),
                    new SettingsContext("super-resolution", new Dictionary<string, string>())
                    {
                        TaskSettings = new Dictionary<string, string> { ["factor"] = factor, ["filter"] = "area" },
                    }
                )
                .Settings.ShouldNotBeNull()
                .ToString();
    }

    /// <summary>Ids are made of the resolved settings: a setting that comes later must not be among them while it does nothing.</summary>
    [Fact]
    public void Resolve_OfASettingThatIsOmittedAtItsDefault_HasItWhereItDiffersAlone()
    {
        var jitter = new SettingDefinition("jitter", SettingKind.Number, "0.50", "noise") { OmittedAtDefault = true };
        var mode = new SettingDefinition("mode", SettingKind.Choice, "a", "how") { Choices = ["a", "b"], OmittedAtDefault = true };
        var schema = new SettingsSchema([.. Schema.Definitions, jitter, mode], Schema.Presets);

        var (without, with) = (Of(("jitter", "5e-1"), ("mode", "A")), Of(("jitter", "0.25"), ("mode", "b")));

        without.ToString().ShouldBe(Resolve(null).ToString());
        (without.Number(jitter), without.Text(mode), schema.TextOf(without, "jitter")).ShouldBe((0.5, "a", "0.5"));
        with.ToString().ShouldBe("codes=5 jitter=0.25 learning-rate=0.05 mode=b optimizer=adam");
        (with.Number(jitter), with.Text(mode), schema.TextOf(with, "jitter")).ShouldBe((0.25, "b", "0.25"));
        schema
            .Resolve(null, new Dictionary<string, string> { ["jitter"] = "much" })
            .Issues.ShouldHaveSingleItem()
            .Setting.ShouldBe("jitter");

        ResolvedSettings Of(params (string Name, string Value)[] given) =>
            schema.Resolve(null, given.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();
    }

    [Fact]
    public void Canonicalize_WhereAnImageIsAccepted_TakesWordsAndContentIdsOnly()
    {
        var mask = new SettingDefinition("mask", SettingKind.Choice, "center", "what is lost")
        {
            Choices = ["center"],
            AcceptsImage = true,
        };

        mask.Canonicalize("Center").ShouldBe("center");
        mask.Canonicalize("0123456789abcdef0123456789abcdef").ShouldBe("0123456789abcdef0123456789abcdef");
        mask.Canonicalize("hole.png").ShouldBeNull();
        mask.Allowed.ShouldContain("image file");
    }

    [Theory]
    [InlineData("codes", "5.0", "5")]
    [InlineData("codes", " 1e1 ", "10")]
    [InlineData("learning-rate", "0.10", "0.1")]
    [InlineData("learning-rate", "1E-4", "0.0001")]
    [InlineData("optimizer", "SGD", "sgd")]
    public void Resolve_OfEqualValues_GivesEqualText(string name, string value, string canonical) =>
        Resolve(null, (name, value))[name].ShouldBe(canonical);

    [Theory]
    [InlineData("codes", "0", "'codes' is 0, but must be a whole number from 1 to 64.")]
    [InlineData("codes", "2.5", "'codes' is 2.5, but must be a whole number from 1 to 64.")]
    [InlineData("codes", "many", "'codes' is many, but must be a whole number from 1 to 64.")]
    [InlineData("learning-rate", "0", "'learning-rate' is 0, but must be a number above 0.")]
    [InlineData("learning-rate", "NaN", "'learning-rate' is NaN, but must be a number above 0.")]
    [InlineData("learning-rate", "1,5", "'learning-rate' is 1,5, but must be a number above 0.")]
    [InlineData("optimizer", "lbfgs", "'optimizer' is lbfgs, but must be one of adam, sgd.")]
    [InlineData(
        "learning-rte",
        "1",
        "There is no setting 'learning-rte'; did you mean 'learning-rate'? Known: codes, learning-rate, optimizer."
    )]
    public void Resolve_OfABadValue_SaysWhatIsAllowed(string name, string value, string message)
    {
        var resolution = Schema.Resolve(null, new Dictionary<string, string> { [name] = value });

        resolution.Settings.ShouldBeNull();
        resolution.Issues.ShouldHaveSingleItem().ShouldBe(new SettingIssue(name, message));
    }

    [Fact]
    public void Resolve_OfSeveralMistakes_NamesThemAll() =>
        Schema
            .Resolve("papr", new Dictionary<string, string> { ["codes"] = "-1", ["optimiser"] = "adam" })
            .Issues.Select(issue => issue.Setting)
            .ShouldBe(["preset", "optimiser", "codes"]);

    [Fact]
    public void FromCanonical_OfResolvedSettings_IsEqual()
    {
        var settings = Resolve("paper");

        ResolvedSettings.FromCanonical(settings.Reverse()).ShouldBe(settings);
    }

    [Fact]
    public void Constructor_WithADefaultOutOfRange_Throws() =>
        Should
            .Throw<ArgumentException>(() =>
                new SettingsSchema(
                    [new("codes", SettingKind.Integer, "0", "") { Minimum = 1 }],
                    new Dictionary<string, IReadOnlyDictionary<string, string>>()
                )
            )
            .Message.ShouldContain("'codes' is 0");

    private static ResolvedSettings Resolve(string? preset, params (string Name, string Value)[] values) =>
        Schema.Resolve(preset, values.ToDictionary(pair => pair.Name, pair => pair.Value)).Settings.ShouldNotBeNull();
}
