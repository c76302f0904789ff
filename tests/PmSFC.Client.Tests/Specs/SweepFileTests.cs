using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Specs;

namespace PmSFC.Client.Tests.Specs;

public class SweepFileTests
{
    private const string Full = """
        name: faces
        generator: celeba64-pggan
        images: ../faces
        limit: 24
        task: inversion
        seed: 7
        owner: ada
        priority: -1
        methods:
          - method: pmsfc
            label: PmSFC
            preset: tuned
            settings:
              split: 3
              codes: [5, "10"]
              learning-rate: 0.05
              perceptual:
                - discriminator
                - none
            subspaces:
              method: random
              seeds: [0, 1, 2]
              sizes-of:
                method: self-expressive
                preset: tuned
                settings: { split: 3, subspaces: 6 }
          - method: mganprior
        """;

    [Theory]
    [InlineData("", null)]
    [InlineData("failure-budget: 5\n", "5")]
    [InlineData("failure-budget: 10%\n", "10%")]
    public void ToSpec_FailureBudget_IsThatOfTheFile(string line, string? budget)
    {
        var spec = SweepFile.Parse($"generator: g\n{line}methods: [{{method: m}}]", "a.yaml").ToSpec("id", []);
        (spec.FailureBudget?.ToString()).ShouldBe(budget);
    }

    [Fact]
    public void Parse_TaskWithSettings_KnowsThemTheirPlacesAndTheirImages()
    {
        var file = SweepFile.Parse(
            """
            generator: g
            task:
              name: inpainting
              settings:
                mask: masks/Hole.PNG
                share: 0.25
            methods: [{ method: pmsfc }]
            """,
            "/specs/celeba.yaml"
        );

        file.Task.ShouldBe("inpainting");
        file.TaskSettings["share"].ShouldBe("0.25");
        file.TaskImagePaths.ShouldHaveSingleItem().ShouldBe(KeyValuePair.Create("mask", "/specs/masks/Hole.PNG"));
        file.LineOf("task.settings.share").ShouldBe(6);
        file.ToSpec("id", []).TaskSettings.ShouldBe(file.TaskSettings);
    }

    [Theory]
    [InlineData("{ settings: { factor: 4 } }", "no name")]
    [InlineData("{ name: super-resolution, factor: 4 }", "'factor' is not a key")]
    [InlineData("{ name: super-resolution, settings: { factor: [2, 4] } }", "single value")]
    [InlineData("[inpainting]", "single value")]
    public void Parse_WrongTask_SaysWhat(string task, string part) =>
        Should
            .Throw<BadInputException>(() => SweepFile.Parse($"generator: g\ntask: {task}\nmethods: [{{ method: pmsfc }}]\n", "s.yaml"))
            .Message.ShouldSatisfyAllConditions(message => message.ShouldContain(part), message => message.ShouldStartWith("s.yaml:2:"));

    [Fact]
    public void Parse_EveryKey_IsRead()
    {
        var file = SweepFile.Parse(Full, "/specs/celeba.yaml");

        file.Name.ShouldBe("faces");
        file.Generator.ShouldBe("celeba64-pggan");
        file.ImagesPath.ShouldBe("/faces");
        file.Limit.ShouldBe(24);
        file.Task.ShouldBe("inversion");
        file.Seed.ShouldBe(7);
        file.Owner.ShouldBe("ada");
        file.Priority.ShouldBe(-1);
        file.Methods.Length.ShouldBe(2);
        var pmsfc = file.Methods[0];
        (pmsfc.Method, pmsfc.Label, pmsfc.Preset).ShouldBe(("pmsfc", "PmSFC", "tuned"));
        pmsfc.Settings.Keys.ShouldBe(["codes", "learning-rate", "perceptual", "split"]);
        pmsfc.Settings["split"].ShouldBe(["3"]);
        pmsfc.Settings["codes"].ShouldBe(["5", "10"]);
        pmsfc.Settings["learning-rate"].ShouldBe(["0.05"]);
        pmsfc.Settings["perceptual"].ShouldBe(["discriminator", "none"]);
        pmsfc.Subspaces!.Method.ShouldBe("random");
        pmsfc.Subspaces.Seeds.ShouldBe([0, 1, 2]);
        pmsfc.Subspaces.SizesOf!.Preset.ShouldBe("tuned");
        pmsfc.Subspaces.SizesOf.Settings["subspaces"].ShouldBe(["6"]);
        var rival = file.Methods[1];
        (rival.Method, rival.Label, rival.Preset, rival.Subspaces).ShouldBe(("mganprior", null, null, null));
        rival.Settings.ShouldBeEmpty();
    }

    [Fact]
    public void Parse_FilesOfNetworks_AreRelativeToTheSpec()
    {
        var file = SweepFile.Parse(
            "generator: g\nmethods:\n  - method: a\n    network: {images: faces, settings: {width: 4}}\n  - method: b\n    network: {weights: /w/b.pth}\n  - method: c\n",
            "/specs/a.yaml"
        );

        file.NetworkPaths.ShouldBe([new NetworkPaths("/specs/faces", null), new NetworkPaths(null, "/w/b.pth"), NetworkPaths.None]);
        file.Methods[0].Network!.Settings["width"].ShouldBe(["4"]);
        file.Methods[1].Network.ShouldNotBeNull().Settings.ShouldBeEmpty();
        file.Methods[2].Network.ShouldBeNull();
        file.Describe(new SpecIssue("methods[0].network.images", "no")).ShouldBe("/specs/a.yaml:4:15: no");
    }

    [Fact]
    public void Parse_NeededKeysOnly_HasDefaults()
    {
        var file = SweepFile.Parse("generator: g\nmethods: [{method: pmsfc}]", "specs/first.yaml");

        (file.Name, file.Task, file.Seed, file.Priority).ShouldBe(("first", "inversion", 0, 0));
        file.ImagesPath.ShouldBeNull();
        file.Limit.ShouldBeNull();
        file.ToSpec("id", []).Owner.ShouldBe(Environment.UserName);
    }

    [Fact]
    public void Parse_SettingsAsYamlWouldTypeThem_StayText()
    {
        var file = SweepFile.Parse("generator: 0123\nmethods: [{method: m, settings: {a: true, b: 1e-3, c: 007, d: 'no', e: \"5\"}}]", "f");

        file.Generator.ShouldBe("0123");
        file.Methods[0].Settings.Select(setting => setting.Value.Single()).ShouldBe(["true", "1e-3", "007", "no", "5"]);
    }

    [Fact]
    public void Parse_Aliases_AreWhatTheyStandFor()
    {
        var file = SweepFile.Parse(
            "generator: g\nmethods:\n  - {method: a, settings: &shared {split: [3, 5]}}\n  - {method: b, settings: *shared}",
            "f"
        );

        file.Methods[1].Settings["split"].ShouldBe(["3", "5"]);
    }

    [Theory]
    [InlineData("methods[0]", 10)]
    [InlineData("methods[0].settings.split", 14)]
    [InlineData("methods[0].settings.codes[1]", 15)]
    [InlineData("methods[0].settings.perceptual", 17)]
    [InlineData("methods[0].settings.perceptual[1]", 19)]
    [InlineData("methods[0].settings.iterations", 13)]
    [InlineData("methods[0].subspaces.seeds[2]", 22)]
    [InlineData("methods[0].subspaces.sizesOf.preset", 25)]
    [InlineData("methods[0].subspaces.sizes-of.settings.split", 26)]
    [InlineData("methods[0].subspaces.settings.split", 20)]
    [InlineData("methods[1].settings.codes", 27)]
    [InlineData("methods[7].settings", 9)]
    [InlineData("generator", 2)]
    [InlineData("nonsense", 1)]
    [InlineData("", 1)]
    public void LineOf_Path_IsWhereItOrWhatHoldsItWasWritten(string path, int line) =>
        SweepFile.Parse(Full, "f").LineOf(path).ShouldBe(line);

    [Fact]
    public void Describe_Issue_PutsItWhereItWasWritten() =>
        SweepFile
            .Parse(Full, "a.yaml")
            .Describe(new SpecIssue("methods[0].settings.codes", "'codes' is wrong."))
            .ShouldBe("a.yaml:15:7: 'codes' is wrong.");

    [Theory]
    [InlineData("", 1, 1, "the file is empty")]
    [InlineData("# nothing\n\n", 1, 1, "the file is empty")]
    [InlineData("---\n", 1, 1, "the file is empty")]
    [InlineData("just text", 1, 1, "is a mapping of keys to values")]
    [InlineData("- generator: g", 1, 1, "is a mapping of keys to values")]
    [InlineData("methods: [{method: m}]", 1, 1, "the sweep has no 'generator'")]
    [InlineData("generator: g", 1, 1, "the sweep has no 'methods'")]
    [InlineData("generator: g\nmethds: []", 2, 1, "'methds' is not a key of a sweep; did you mean 'methods'?")]
    [InlineData("generator: g\n\nfrobnicate: 1", 3, 1, "'frobnicate' is not a key of a sweep; use one of: name, generator,")]
    [InlineData("generator:\nmethods: [{method: m}]", 1, 11, "'generator' has no value")]
    [InlineData("generator: ~\nmethods: [{method: m}]", 1, 12, "'generator' has no value")]
    [InlineData("generator: ''\nmethods: [{method: m}]", 1, 12, "'generator' is empty")]
    [InlineData("generator: [a]\nmethods: [{method: m}]", 1, 12, "'generator' is a single value, not a list or mapping")]
    [InlineData("generator: \"a\\nb\"\nmethods: [{method: m}]", 1, 12, "'generator' holds a line break")]
    [InlineData("generator: g\nlimit: 0\nmethods: [{method: m}]", 2, 8, "'limit' is '0', but must be a whole number from 1 to")]
    [InlineData("generator: g\nlimit: ten\nmethods: [{method: m}]", 2, 8, "'limit' is 'ten'")]
    [InlineData("generator: g\nlimit: 1e3\nmethods: [{method: m}]", 2, 8, "'limit' is '1e3'")]
    [InlineData("generator: g\nseed: -1\nmethods: [{method: m}]", 2, 7, "'seed' is '-1'")]
    [InlineData("generator: g\nseed: 99999999999999999999\nmethods: [{method: m}]", 2, 7, "must be a whole number from 0 to")]
    [InlineData("generator: g\npriority: 1.5\nmethods: [{method: m}]", 2, 11, "'priority' is '1.5'")]
    [InlineData(
        "generator: g\nfailure-budget: many\nmethods: [{method: m}]",
        2,
        17,
        "must be a whole number of jobs that may fail, such as 5, or a percentage of them, such as 10%"
    )]
    [InlineData("generator: g\nmethods: pmsfc", 2, 10, "'methods' is a list")]
    [InlineData("generator: g\nmethods: []", 2, 10, "'methods' is an empty list")]
    [InlineData("generator: g\nmethods:\n  - pmsfc", 3, 5, "a method is a mapping of keys to values")]
    [InlineData("generator: g\nmethods:\n  - label: x", 3, 5, "this method has no name")]
    [InlineData(
        "generator: g\nmethods:\n  - method: a\n    setings: {}",
        4,
        5,
        "'setings' is not a key of a method; did you mean 'settings'?"
    )]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings: 5", 4, 15, "'settings' is a mapping of setting names to values")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings: {codes: []}", 4, 23, "'codes' is an empty list")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings: {codes: {a: 1}}", 4, 23, "'codes' is a single value")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings: {codes: [1, [2]]}", 4, 27, "'codes' is a single value")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings: {codes: [5, 6, 5]}", 4, 30, "'codes' lists '5' twice")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    settings:\n      codes:", 5, 13, "'codes' has no value")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    label: x\n  - method: b\n    label: x", 6, 12, "the label 'x' is used twice")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    network: {kind: r}", 4, 15, "'kind' is not a key of 'network'")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    network: {seeds: [1, x]}", 4, 26, "a seed is 'x'")]
    [InlineData(
        "generator: g\nmethods:\n  - method: a\n    network:\n      weights: w.pth\n      settings: {width: 4}",
        6,
        17,
        "'settings' says how the network is trained"
    )]
    [InlineData(
        "generator: g\nmethods:\n  - method: a\n    network: {images: faces, weights: w.pth}",
        4,
        23,
        "'images' says how the network is trained"
    )]
    [InlineData("generator: g\nmethods:\n  - method: a\n    network: {weights: w.pth, seeds: [1]}", 4, 38, "remove one of the two")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    network: {weights: [a.pth, b.pth]}", 4, 24, "'weights' is a single value")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    network: {images: }", 4, 23, "'images' has no value")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    subspaces: {seeds: 1}", 4, 16, "these subspaces name no method")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    subspaces: {method: r, seeds: [1, x]}", 4, 39, "a seed is 'x'")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    subspaces: {method: r, seeds: [1, 1]}", 4, 39, "the seed 1 is listed twice")]
    [InlineData(
        "generator: g\nmethods:\n  - method: a\n    subspaces: {method: r, sizes: 1}",
        4,
        28,
        "'sizes' is not a key of 'subspaces'"
    )]
    [InlineData("generator: g\nseed: 1\nseed: 2\nmethods: [{method: m}]", 3, 1, "'seed' appears twice")]
    [InlineData("generator: g\nmethods:\n  - method: a\n    method: b", 4, 5, "'method' appears twice")]
    [InlineData("generator: g\nmethods:\n\t- method: a", 3, 1, "the line is indented with a tab")]
    [InlineData("generator: g\nmethods:\n  - method: a\n \t  label: x", 4, 2, "the line is indented with a tab")]
    [InlineData("generator: g\nmethods: [{method: m}", 2, 22, "this is not YAML")]
    [InlineData("generator: 'g\nmethods: []", 0, 0, "this is not YAML")]
    [InlineData(
        "generator: g\nmethods:\n  - method: a\n    settings:\n      split: [3, 4,\n      codes: 2\n      iterations: 3",
        5,
        18,
        "this is not YAML"
    )]
    [InlineData("name: [3, 4,\ngenerator: g\nimages: x\nmethods:\n  - method: a", 0, 0, "this is not YAML")]
    [InlineData("generator: g\nmethods: *nothing", 2, 10, "'*nothing' stands for nothing")]
    [InlineData("? [a]\n: b", 1, 3, "a key must be plain text")]
    [InlineData("generator: g\n---\ngenerator: h", 2, 1, "a second document begins here")]
    public void Parse_BadSpec_SaysWhereAndWhat(string yaml, int line, int column, string message)
    {
        var thrown = Should.Throw<BadInputException>(() => SweepFile.Parse(yaml, "a.yaml")).Message;

        thrown.ShouldContain(message);
        thrown.ShouldStartWith(
            line > 0 && column > 0 ? $"a.yaml:{line}:{column}: "
            : line > 0 ? $"a.yaml:{line}:"
            : "a.yaml:"
        );
        thrown.ShouldNotContain('\n');
    }

    [Fact]
    public void Parse_AnyTextWithOneCharacterPutIn_IsReadOrRefusedInOneSentence()
    {
        const string yaml =
            "name: n\ngenerator: g\nimages: [a, b]\nmethods:\n  - method: a\n    settings: { split: [3, 4], codes: 2 }\n    label: 'x'\n";
        var refused = 0;
        foreach (var put in "[]{}'\"&*!|>?:-,#%@`\t\n")
            for (var at = 0; at <= yaml.Length; at++)
            {
                try
                {
                    SweepFile.Parse(yaml.Insert(at, put.ToString()), "a.yaml");
                }
                catch (BadInputException e)
                {
                    refused++;
                    e.Message.ShouldStartWith("a.yaml:");
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"'{put}' at {at}", e);
                }
            }

        refused.ShouldBeGreaterThan(1000);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Parse_DeepNesting_IsRefusedBeforeATreeIsBuilt(string opening) =>
        Should.Throw<BadInputException>(() => SweepFile.Parse(string.Concat(Enumerable.Repeat(opening, 200_000)), "a.yaml"));

    [Fact]
    public void Parse_AliasesThatMultiply_AreRefused()
    {
        var values = string.Join(", ", Enumerable.Range(0, 2_000));
        var methods = string.Join(", ", Enumerable.Repeat("*m", 2_000));

        Should
            .Throw<BadInputException>(() =>
                SweepFile.Parse($"generator: g\nname: &m {{}}\nmethods: [{{method: a, settings: {{s: [{values}]}}}}]", "f")
            )
            .Message.ShouldContain("'name' is a single value");
        Should
            .Throw<BadInputException>(() =>
                SweepFile.Parse($"generator: g\nmethods: [&m {{method: a, settings: {{s: &v [{values}]}}}}, {methods}]", "f")
            )
            .Message.ShouldMatch("more than 10000 cells|more than 100000 values");
    }

    [Fact]
    public void Parse_AnchorInsideItself_IsRefused() =>
        Should.Throw<BadInputException>(() => SweepFile.Parse("generator: g\nmethods: &a [*a]", "f"));

    [Fact]
    public void Parse_GridOfTooManyCells_IsRefused()
    {
        var settings = string.Join(", ", Enumerable.Range(0, 40).Select(i => $"s{i}: [1, 2, 3]"));

        Should
            .Throw<BadInputException>(() => SweepFile.Parse($"generator: g\nmethods:\n  - method: a\n    settings: {{{settings}}}", "f"))
            .Message.ShouldStartWith("f:3:5: the grid has more than 10000 cells");
    }

    [Fact]
    public void Parse_MoreThanAMegabyte_IsRefused() =>
        Should
            .Throw<BadInputException>(() => SweepFile.Parse(new string('#', (1 << 20) + 1), "f"))
            .Message.ShouldContain("larger than 1 MB");

    [Fact]
    public void Read_WhatIsNoReadableSpec_IsRefused()
    {
        using var folder = new TemporaryDirectory();
        Message(folder.Path).ShouldContain("is a directory");
        Message(Path.Combine(folder.Path, "none.yaml")).ShouldContain("does not exist");
        Message(Written([.. "generator: g\n"u8, 0xff, 0xfe])).ShouldContain(":2:1: the file is not UTF-8 text");
        Message(Written(new byte[(1 << 20) + 1])).ShouldContain("larger than 1 MB");
        Message(Written(new byte[100])).ShouldContain(":1:1: the line holds a zero byte");
        SweepFile.Read(Written([0xef, 0xbb, 0xbf, .. "generator: g\r\nmethods: [{method: m}]\r\n"u8])).Generator.ShouldBe("g");

        string Written(byte[] content)
        {
            var path = Path.Combine(folder.Path, $"{Guid.NewGuid()}.yaml");
            File.WriteAllBytes(path, content);
            return path;
        }

        static string Message(string path) => Should.Throw<BadInputException>(() => SweepFile.Read(path)).Message;
    }

    [Theory]
    [InlineData("{ split: &s 3, codes: 2 }", "codes=2 split=3")]
    [InlineData("{ split: &s 3, codes: *s }", "codes=3 split=3")]
    [InlineData("{ split: !!int &s 3, codes: !!str 2, seedless: *s }", "codes=2 seedless=3 split=3")]
    [InlineData("{ split: &s '3', codes: &c [1, 2], more: *c, most: *s }", "codes=1,2 more=1,2 most=3 split=3")]
    [InlineData("{ codes: [&a 1, &b 2], more: [*b, *a] }", "codes=1,2 more=2,1")]
    [InlineData("{ &k split: 3, codes: *k }", "codes=split split=3")]
    [InlineData("{ <<: { split: 3, codes: 2 }, codes: 4 }", "codes=4 split=3")]
    [InlineData("{ codes: 4, <<: { split: 3, codes: 2 } }", "codes=4 split=3")]
    [InlineData("{ <<: [{ split: 3 }, { split: 5, codes: 2 }] }", "codes=2 split=3")]
    [InlineData("{ <<: { <<: { split: 1, codes: 1 }, codes: 2 }, more: 3 }", "codes=2 more=3 split=1")]
    [InlineData("{ '<<': 3 }", "<<=3")]
    public void Parse_AnchorsAliasesAndMerges_AreReadAsYamlHasThem(string settings, string expected) =>
        Shown(SweepFile.Parse($"generator: g\nmethods:\n  - method: m\n    settings: {settings}\n", "a.yaml").Methods[0])
            .ShouldBe(expected);

    // The independent reading is PyYAML's: yaml.safe_load gives {split: 3, codes: 4, iterations: 3} for the second method.
    [Fact]
    public void Parse_MergeOfAnEarlierMethod_TakesItsSettings()
    {
        var methods = SweepFile
            .Parse(
                "generator: g\r\nmethods:\r\n  - method: m\r\n    settings: &c { split: 3, codes: 2, iterations: 3 }\r\n  - method: m\r\n    label: second\r\n    settings:\r\n      <<: *c\r\n      codes: 4\r\n",
                "a.yaml"
            )
            .Methods;

        Shown(methods[0]).ShouldBe("codes=2 iterations=3 split=3");
        Shown(methods[1]).ShouldBe("codes=4 iterations=3 split=3");
    }

    [Theory]
    [InlineData("settings: { <<: 3 }", "'<<' takes over the keys of a mapping or of a list of mappings")]
    [InlineData("settings: { <<: [{ a: 1 }, 2] }", "'<<' takes over the keys")]
    [InlineData("settings: { a: !foo 3 }", "the tag '!foo' is not read; remove it.")]
    [InlineData("settings: { a: !!binary aGk= }", "the tag 'tag:yaml.org,2002:binary' is not read; remove it.")]
    [InlineData("settings: { a: &x [*x] }", "'*x' stands for what it is in")]
    [InlineData("settings: &x { a: 1, <<: *x }", "'*x' stands for what it is in")]
    [InlineData("settings: { a: *x }", "'*x' stands for nothing that was written before")]
    [InlineData("settings: { a: 1, a: 2 }", "'a' appears twice")]
    [InlineData("label: |\n      a\n      b", "line break")]
    [InlineData("images: ~nobody/x", "the home of another user is not looked up")]
    public void Parse_WhatIsNotRead_SaysSo(string line, string sentence)
    {
        var text = line.StartsWith("images", StringComparison.Ordinal)
            ? $"generator: g\n{line}\nmethods: [{{method: m}}]"
            : $"generator: g\nmethods:\n  - method: m\n    {line}\n";

        Should.Throw<BadInputException>(() => SweepFile.Parse(text, "a.yaml")).Message.ShouldContain(sentence);
    }

    [Fact]
    public void Parse_Gates_AreTextsWithTheirPlaces()
    {
        var file = SweepFile.Parse("generator: g\nmethods: [{method: m}]\ngates:\n  - psnr >= -0.1\n  - ssim >= 0\n", "a.yaml");

        file.Gates.ShouldBe(["psnr >= -0.1", "ssim >= 0"]);
        file.LineOf("gates[1]").ShouldBe(5);
        SweepFile.Parse("generator: g\nmethods: [{method: m}]", "a.yaml").Gates.ShouldBeEmpty();
    }

    [Fact]
    public void Parse_ImageSets_StayTheNamesThatTheyAre()
    {
        var file = SweepFile.Parse(
            "generator: g\nimages: set:eval300\nmethods: [{method: m, network: {images: set:faces.v2}}, {method: m, network: {images: ./set:x}}]",
            "/specs/a.yaml"
        );

        file.ImagesPath.ShouldBe("set:eval300");
        file.NetworkPaths.Select(paths => paths.Images).ShouldBe(["set:faces.v2", "/specs/set:x"]);
    }

    [Theory]
    [InlineData(
        "generator: g\nimages: 'set:My faces'\nmethods: [{method: m}]",
        "a.yaml:2:9: 'images' is 'set:My faces', but the name of an image set must be 1 to 100 lower-case letters"
    )]
    [InlineData("generator: g\nimages: 'set:'\nmethods: [{method: m}]", "a.yaml:2:9: 'images' is 'set:', but")]
    [InlineData("generator: g\nmethods: [{method: m, network: {images: set:a/b}}]", "a.yaml:2:41: 'images' is 'set:a/b', but")]
    public void Parse_ImageSetThatNoStoreHolds_IsNamedWhereItIsWritten(string yaml, string message) =>
        Should.Throw<BadInputException>(() => SweepFile.Parse(yaml, "a.yaml")).Message.ShouldStartWith(message);

    [Fact]
    public void Parse_ImagesInTheHome_AreThere() =>
        SweepFile
            .Parse("generator: g\nimages: ~/faces\nmethods: [{method: m}]", "a.yaml")
            .ImagesPath.ShouldBe(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "faces"));

    [Fact]
    public void Parse_AliasesOfAliases_AreBounded()
    {
        var laughs = string.Concat(
            Enumerable.Range(1, 9).Select(i => $"&l{i} [{string.Join(", ", Enumerable.Repeat($"*l{i - 1}", 9))}], ")
        );

        Should.Throw<BadInputException>(() =>
            SweepFile.Parse($"generator: g\nmethods: [{{method: m, settings: {{ a: [&l0 [lol], {laughs}] }} }}]", "a.yaml")
        );
    }

    private static string Shown(MethodSpec method) =>
        string.Join(' ', method.Settings.Select(setting => $"{setting.Key}={string.Join(',', setting.Value)}"));
}
