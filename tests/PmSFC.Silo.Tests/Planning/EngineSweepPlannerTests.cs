using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Subspaces;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Planning;
using PmSFC.Silo.Tests.Support;

namespace PmSFC.Silo.Tests.Planning;

public sealed class EngineSweepPlannerTests : IAsyncLifetime
{
    private readonly MemoryStore _store = new();

    public Task InitializeAsync() => TinyGenerator.Store(_store);

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Plan_Grid_GivesACellForEachPointNamedByWhatVaries()
    {
        var plan = await Planned(Sweeps.Pmsfc(10, ("codes", ["2", "4"]), ("split", ["2", "3"])), Sweeps.Mganprior(10));

        plan.Cells.Select(cell => cell.Label)
            .ShouldBe(["pmsfc codes=2 split=2", "pmsfc codes=2 split=3", "pmsfc codes=4 split=2", "pmsfc codes=4 split=3", "mganprior"]);
        plan.Cells[0].Settings["codes"].ShouldBe("2");
        plan.Cells[0].Subspaces!.Settings["split"].ShouldBe("2");
        plan.Cells[1].Subspaces!.Settings["split"].ShouldBe("3");
        plan.Cells[4].Subspaces.ShouldBeNull();
        plan.Cells.ShouldAllBe(cell => cell.CodesBytes > 0 && cell.CodesBytes < cell.BytesPerJob);
        plan.Cells.ShouldAllBe(cell => cell.BytesPerJob > 0 && cell.MultiplyAddsPerIteration > 0 && cell.Iterations == 10);
    }

    [Fact]
    public async Task Plan_SameSpecInOtherWords_GivesTheSameJobs()
    {
        var one = await Planned(Sweeps.Mganprior(10));
        var other = await Planned(Sweeps.Mganprior(10, ("codes", ["4.0"])));

        other.Id.ShouldBe(one.Id);
    }

    [Fact]
    public async Task Plan_NoDiscoveryGiven_UsesTheTunedSelfExpressiveOne()
    {
        var plan = await Planned(Sweeps.Pmsfc(10) with { Subspaces = null });

        var subspaces = plan.Cells[0].Subspaces!;
        subspaces.Method.ShouldBe("self-expressive");
        subspaces.Seed.ShouldBe(5);
        var tuned = new SelfExpressiveDiscovery().Settings.Resolve("tuned", new Dictionary<string, string> { ["split"] = "3" }).Settings!;
        subspaces.Settings.ShouldBe(tuned, ignoreOrder: true);
    }

    [Fact]
    public async Task Plan_MethodThatNeedsANetwork_PlansEachNetworkAndNamesCellsByWhatVaries()
    {
        var written = new TrainingSpec
        {
            Preset = "quick",
            Settings = Sweeps.Settings(("width", ["8", "16"])),
            Seeds = [1, 2],
        };
        var plan = await Planned(Sweeps.GenVisMani(10) with { Network = written });

        plan.Cells.Select(cell => cell.Label)
            .ShouldBe([
                "gen-vis-mani network.width=8 network-seed=1",
                "gen-vis-mani network.width=8 network-seed=2",
                "gen-vis-mani network.width=16 network-seed=1",
                "gen-vis-mani network.width=16 network-seed=2",
            ]);
        plan.Cells.Select(cell => cell.Network!.Id).ShouldBeUnique();
        plan.Cells.ShouldAllBe(cell =>
            cell.Network!.Kind == "encoder" && cell.Network.GeneratorId == TinyGenerator.Id && cell.NetworkBytes > 0
        );
        plan.Cells[0].Network!.Settings["iterations"].ShouldBe("500");
        plan.Jobs().Select(job => job.Spec.NetworkId).Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public async Task Plan_NoNetworkGiven_UsesTheTunedOneOfTheSweepsSeed()
    {
        var network = (await Planned(Sweeps.GenVisMani(10))).Cells.Single().Network!;

        network.Seed.ShouldBe(5);
        network.Settings.ShouldBe(
            new EncoderTraining().Settings.Resolve("tuned", new Dictionary<string, string>()).Settings!,
            ignoreOrder: true
        );
    }

    [Fact]
    public async Task Plan_MethodOfStylesOnAGeneratorWithout_SaysWhereAndWhatToDo()
    {
        var issue = (
            await Issues(
                new MethodSpec
                {
                    Method = "sam",
                    Preset = "tuned",
                    Settings = Sweeps.Settings(),
                }
            )
        ).ShouldHaveSingleItem();

        issue.Path.ShouldBe("methods[0].method");
        issue.Message.ShouldStartWith(
            "The method 'sam' searches styles, but a generator of the family 'pggan' has none; remove the method"
        );
    }

    [Fact]
    public async Task Plan_NetworkThatCannotBe_SaysWhere()
    {
        var unknown = await Issues(
            Sweeps.GenVisMani(10) with
            {
                Network = new TrainingSpec { Settings = Sweeps.Settings(("widht", ["8"])) },
            }
        );
        unknown.ShouldHaveSingleItem().Path.ShouldBe("methods[0].network.settings.widht");
        var bad = await Issues(Sweeps.GenVisMani(10) with { Network = new TrainingSpec { Settings = Sweeps.Settings(("width", ["0"])) } });
        bad.ShouldHaveSingleItem().Path.ShouldBe("methods[0].network.settings.width");
        var preset = await Issues(
            Sweeps.GenVisMani(10) with
            {
                Network = new TrainingSpec { Preset = "best", Settings = Sweeps.Settings() },
            }
        );
        preset.ShouldHaveSingleItem().Message.ShouldContain("There is no preset 'best'");
        var idle = await Issues(Sweeps.Mganprior(10) with { Network = new TrainingSpec { Settings = Sweeps.Settings() } });
        idle.ShouldHaveSingleItem().Path.ShouldBe("methods[0].network");
    }

    [Fact]
    public async Task Plan_NetworkThatLearnsFromImages_IsAnotherNetworkAndHoldsTheImagesInMemory()
    {
        var images = ImageList.Of(Enumerable.Range(0, 10_000).Select(i => $"{i:x32}"));
        var written = new TrainingSpec { Settings = Sweeps.Settings(("code-weight", ["0"])) };
        var samples = (await Planned(Sweeps.GenVisMani(10) with { Network = written })).Cells.Single();
        var plan = await Planned(Sweeps.GenVisMani(10) with { Network = written with { Images = images.Reference } });

        var network = plan.Cells.Single().Network!;
        network.Images.ShouldBe(images.Reference);
        network.Id.ShouldNotBe(samples.Network!.Id);
        (network with { Images = null }).Id.ShouldBe(samples.Network.Id);
        (network with { Images = ImageList.Of(images.Ids.Skip(1)).Reference }).Id.ShouldNotBe(network.Id);
        plan.Cells.Single().NetworkBytes.ShouldBe(samples.NetworkBytes + 10_000 * 3 * TinyGenerator.Resolution * TinyGenerator.Resolution);
        ArtifactJson.Write(plan).Length.ShouldBeLessThan(10_000, "the plan carries the list's id, not the images'");
    }

    [Fact]
    public async Task Plan_ImagesThatANetworkCannotLearnFrom_SaysWhere()
    {
        var images = ImageList.Of(["00"]).Reference;
        var codes = (
            await Issues(
                Sweeps.GenVisMani(10) with
                {
                    Network = new TrainingSpec { Settings = Sweeps.Settings(), Images = images },
                }
            )
        ).ShouldHaveSingleItem();
        codes.Path.ShouldBe("methods[0].network.settings.code-weight");
        codes.Message.ShouldContain("set it to 0");

        var planner = new EngineSweepPlanner(_store, EngineCatalog.BuiltIn with { Trainings = [new SamplesOnly()] });
        var spec = Sweeps.Spec(
            ["00"],
            Sweeps.GenVisMani(10) with
            {
                Network = new TrainingSpec { Settings = Sweeps.Settings(), Images = images },
            }
        );
        var refused = (await planner.PlanAsync(spec, default)).Issues.ShouldHaveSingleItem();
        refused.Path.ShouldBe("methods[0].network.images");
        refused.Message.ShouldContain("learns from the generator's samples alone");
    }

    [Fact]
    public async Task Plan_ImportedWeights_NeedNoTraining()
    {
        var weights = new ImportedWeights
        {
            FileName = "theirs.pth",
            Sha256 = new string('a', 64),
            ContentId = new string('b', 32),
            Sizes = Sweeps.Single("width", "4"),
        };
        var written = new TrainingSpec { Settings = Sweeps.Settings(), Weights = weights };
        var network = (await Planned(Sweeps.GenVisMani(10) with { Network = written })).Cells.Single().Network!;

        network.Settings.ShouldBe(weights.Sizes);
        (network with { Weights = weights with { FileName = "renamed.pth", Sha256 = new string('c', 64) } }).Id.ShouldBe(
            network.Id,
            "what a file is called does not matter"
        );
        (network with { Weights = weights with { ContentId = new string('d', 32) } }).Id.ShouldNotBe(network.Id);
        (network with { Kind = "other" }).Id.ShouldNotBe(network.Id);

        var both = await Issues(Sweeps.GenVisMani(10) with { Network = written with { Settings = Sweeps.Settings(("width", ["8"])) } });
        both.ShouldHaveSingleItem().Path.ShouldBe("methods[0].network.weights");
        (await Issues(Sweeps.Mganprior(10) with { Network = written }))
            .ShouldHaveSingleItem()
            .Message.ShouldContain("uses no trained network");
    }

    [Fact]
    public async Task Plan_RandomPartitionsOfCopiedSizes_NamesTheBaseAndTakesItsNumberOfSubspaces()
    {
        var discovered = Sweeps.Discovery("self-expressive", ("steps", ["20"]), ("subspaces", ["3"]));
        var random = Sweeps.Discovery("random") with { SizesOf = discovered, Seeds = [1, 2] };
        var plan = await Planned(Sweeps.Pmsfc(10) with { Subspaces = discovered }, Sweeps.Pmsfc(10) with { Subspaces = random });

        plan.Cells.Select(cell => cell.Label).ShouldBe(["pmsfc", "pmsfc random subspace-seed=1", "pmsfc random subspace-seed=2"]);
        plan.Cells[1].Subspaces!.SizesOf!.Id.ShouldBe(plan.Cells[0].Subspaces!.Id);
        plan.Cells[1].Subspaces!.Settings["subspaces"].ShouldBe("3");
    }

    [Fact]
    public async Task Plan_TwoPresetsOfOneMethod_AreToldApartByPreset()
    {
        var plan = await Planned(Sweeps.Mganprior(10) with { Preset = "paper" }, Sweeps.Mganprior(10) with { Preset = "tuned" });

        plan.Cells.Select(cell => cell.Label).ShouldBe(["mganprior paper", "mganprior tuned"]);
    }

    [Fact]
    public async Task Plan_UnnamedEntriesThatDiffer_AreToldApartByWhatDiffers()
    {
        var plan = await Planned(Sweeps.Mganprior(10), Sweeps.Mganprior(20));

        plan.Cells.Select(cell => cell.Label).ShouldBe(["mganprior iterations=10", "mganprior iterations=20"]);
    }

    public static TheoryData<string, MethodSpec, string, string> WrongMethods =>
        new()
        {
            { "unknown method", Sweeps.Mganprior(10) with { Method = "pmfsc" }, "methods[0].method", "'pmsfc'" },
            { "unknown setting", Sweeps.Mganprior(10, ("code", ["3"])), "methods[0].settings.code", "'codes'" },
            { "value out of range", Sweeps.Mganprior(10, ("codes", ["0"])), "methods[0].settings.codes", "from 1" },
            { "no values", Sweeps.Mganprior(10, ("codes", [])), "methods[0].settings.codes", "no values" },
            { "unknown preset", Sweeps.Mganprior(10) with { Preset = "tund" }, "methods[0].preset", "'tuned'" },
            { "split out of range", Sweeps.Mganprior(10, ("split", ["6"])), "methods[0].settings.split", "1 to 5" },
            { "perceptual missing", Sweeps.Mganprior(10, ("perceptual", ["discriminator"])), "methods[0].settings.perceptual", "'none'" },
            { "subspaces unused", Sweeps.Mganprior(10) with { Subspaces = Sweeps.Discovery("random") }, "methods[0].subspaces", "remove" },
            {
                "unknown discovery",
                Sweeps.Pmsfc(10) with
                {
                    Subspaces = Sweeps.Discovery("randon"),
                },
                "methods[0].subspaces.method",
                "'random'"
            },
            {
                "more subspaces than channels",
                Sweeps.Pmsfc(10) with
                {
                    Subspaces = Sweeps.Discovery("random", ("subspaces", ["13"])),
                },
                "methods[0].subspaces.settings.subspaces",
                "12 channels"
            },
            {
                "another split",
                Sweeps.Pmsfc(10) with
                {
                    Subspaces = Sweeps.Discovery("random", ("split", ["2"])),
                },
                "methods[0].subspaces.settings.split",
                "equal"
            },
            {
                "sizes of a set for a discovery that finds its own",
                Sweeps.Pmsfc(10) with
                {
                    Subspaces = Sweeps.Discovery("self-expressive") with { SizesOf = Sweeps.Discovery("random") },
                },
                "methods[0].subspaces.sizes-of",
                "remove"
            },
        };

    [Theory]
    [MemberData(nameof(WrongMethods))]
    public async Task Plan_WrongMethod_SaysWhereAndWhat(string what, MethodSpec method, string path, string part)
    {
        var outcome = await Planner().PlanAsync(Sweeps.Spec(["image"], method), default);

        outcome.Plan.ShouldBeNull(what);
        outcome.Issues.Length.ShouldBe(1, what);
        outcome.Issues[0].Path.ShouldBe(path);
        outcome.Issues[0].Message.ShouldContain(part);
    }

    [Fact]
    public async Task Plan_WrongEverywhere_SaysEverythingAtOnce()
    {
        var spec = Sweeps.Spec([], Sweeps.Mganprior(10, ("codes", ["0"])), Sweeps.Mganprior(10, ("codes", ["0", "-1"]))) with
        {
            Task = "inversio",
        };
        var outcome = await Planner().PlanAsync(spec, default);

        outcome
            .Issues.Select(issue => issue.Path)
            .ShouldBe(["task", "images", "methods[0].settings.codes", "methods[1].settings.codes", "methods[1].settings.codes"]);
    }

    [Theory]
    [InlineData("super-resolution", "factor", "3", "does not divide")]
    [InlineData("super-resolution", "filter", "nearest", "one of bilinear, area")]
    [InlineData("super-resolution", "facto", "2", "did you mean 'factor'")]
    [InlineData("inpainting", "mask", "circle", "or an image file")]
    [InlineData("inpainting", "share", "0", "above 0")]
    [InlineData("inversion", "factor", "2", "no setting 'factor'")]
    public async Task Plan_WrongTaskSetting_SaysWhereAndWhat(string task, string setting, string value, string part)
    {
        var spec = Sweeps.Spec(["image"], Sweeps.Mganprior(10)) with { Task = task, TaskSettings = Sweeps.Single(setting, value) };
        var outcome = await Planner().PlanAsync(spec, default);

        var issue = outcome.Issues.ShouldHaveSingleItem();
        issue.Path.ShouldBe($"task.settings.{setting}");
        issue.Message.ShouldContain(part);
    }

    [Fact]
    public async Task Plan_TaskWithSettings_FillsThemInAndMakesOtherJobs()
    {
        var spec = Sweeps.Spec(["image"], Sweeps.Mganprior(10)) with { Task = "super-resolution" };
        var four = (await Planner().PlanAsync(spec, default)).Plan!;
        var two = (await Planner().PlanAsync(spec with { TaskSettings = Sweeps.Single("factor", "2") }, default)).Plan!;

        four.TaskSettings.ShouldBe(Sweeps.Single("factor", "4").Add("filter", "bilinear"));
        four.Jobs().Single().Spec.TaskSettings.ShouldBe(four.TaskSettings);
        four.Cells[0].Settings["perceptual-weight"].ShouldBe("0");
        two.Id.ShouldNotBe(four.Id);
    }

    [Fact]
    public async Task Plan_MethodForATaskThatItDoesNotServe_IsRefusedAndServesItsOwn()
    {
        var planner = new EngineSweepPlanner(
            _store,
            EngineCatalog.BuiltIn with
            {
                Methods = [new FakeMethod { Tasks = ["colorization"] }],
            }
        );
        var spec = Sweeps.Spec(["image"], new MethodSpec { Method = FakeMethod.MethodName, Settings = Sweeps.Settings() });

        var issue = (await planner.PlanAsync(spec, default)).Issues.ShouldHaveSingleItem();
        issue.Path.ShouldBe("methods[0].method");
        issue.Message.ShouldBe(
            "The method 'fake' serves colorization alone, but the sweep's task is inversion; remove the method or change 'task'."
        );
        var served = await planner.PlanAsync(spec with { Task = "colorization" }, default);
        served.Plan.ShouldNotBeNull().Cells.ShouldHaveSingleItem().Iterations.ShouldBe(10);
    }

    [Theory]
    [InlineData("rcan")]
    [InlineData("esrgan")]
    public async Task Plan_SuperResolution_TrainsForTheTasksOwnFactorAndFilterAndOptimizesNothing(string method)
    {
        var spec = SuperResolution(method, factor: "4");
        var plan = (
            await Planner().PlanAsync(spec with { TaskSettings = spec.TaskSettings.Add("filter", "area") }, default)
        ).Plan.ShouldNotBeNull();

        var cell = plan.Cells.ShouldHaveSingleItem();
        cell.Iterations.ShouldBe(0);
        cell.BytesPerJob.ShouldBeGreaterThan(0);
        cell.NetworkBytes.ShouldBeGreaterThan(0);
        (cell.Network!.Settings["factor"], cell.Network.Settings["filter"]).ShouldBe(("4", "area"));
        cell.Network.Id.ShouldNotBe((await Planner().PlanAsync(SuperResolution(method, "2"), default)).Plan!.Cells.Single().Network!.Id);
        var elsewhere = (
            await Planner().PlanAsync(spec with { Task = "inversion", TaskSettings = Sweeps.Single("", "").Clear() }, default)
        ).Issues;
        elsewhere.ShouldHaveSingleItem().Message.ShouldStartWith($"The method '{method}' serves super-resolution alone");
    }

    [Theory]
    [InlineData("2", "4", true)]
    [InlineData("2", "8", true)]
    [InlineData("4", "8", false)]
    public async Task Plan_NetworkOfAnotherFactor_IsTakenWhereTheTasksIsAPowerOfIt(string own, string task, bool fits)
    {
        var trained = SuperResolution("rcan", task, ("factor", [own]));
        var weights = new ImportedWeights
        {
            FileName = "it.pt",
            Sha256 = "",
            ContentId = "",
            Sizes = Sweeps.Single("factor", own).Add("groups", "1"),
        };
        var imported = SuperResolution("rcan", task);
        imported = imported with
        {
            Methods =
            [
                imported.Methods[0] with
                {
                    Network = new TrainingSpec { Settings = Sweeps.Settings(), Weights = weights },
                },
            ],
        };

        foreach (var (spec, path) in new[] { (trained, "methods[0].network.settings.factor"), (imported, "methods[0].network.weights") })
        {
            var outcome = await Planner().PlanAsync(spec, default);
            outcome.Issues.Length.ShouldBe(fits ? 0 : 1);
            if (fits)
                continue;
            outcome.Issues[0].Path.ShouldBe(path);
            outcome
                .Issues[0]
                .Message.ShouldBe(
                    "The network enlarges 4 times, but the task makes images 8 times smaller, which is no power of it; use one that enlarges 8 times."
                );
        }
    }

    [Fact]
    public async Task Plan_TrainingThatAsksForAPerceptualNetworkThatTheGeneratorLacks_IsRefused()
    {
        var outcome = await Planner().PlanAsync(SuperResolution("esrgan", "4", ("perceptual", ["discriminator"])), default);

        var issue = outcome.Issues.ShouldHaveSingleItem();
        issue.Path.ShouldBe("methods[0].network.settings.perceptual");
        issue.Message.ShouldContain("the generator was imported without one; use 'none'");
    }

    [Theory]
    [InlineData("col-hallucination", "colorization")]
    [InlineData("input", "super-resolution")]
    public async Task Plan_MethodThatOptimizesNothing_HasNoIterationsAndIsRefusedForInversion(string method, string task)
    {
        var spec = Sweeps.Spec(["image"], new MethodSpec { Method = method, Settings = Sweeps.Settings() });

        (await Planner().PlanAsync(spec, default)).Issues.ShouldHaveSingleItem().Message.ShouldContain($"'{method}' serves ");
        var cell = (await Planner().PlanAsync(spec with { Task = task }, default)).Plan.ShouldNotBeNull().Cells.ShouldHaveSingleItem();
        cell.Iterations.ShouldBe(0);
        cell.BytesPerJob.ShouldBeGreaterThan(0);
        cell.Network?.Kind.ShouldBe(method);
    }

    [Fact]
    public async Task Plan_TheSameTwice_IsRefused()
    {
        var outcome = await Planner()
            .PlanAsync(Sweeps.Spec(["image"], Sweeps.Mganprior(10), Sweeps.Mganprior(10) with { Label = "again" }), default);

        outcome.Issues.ShouldHaveSingleItem().Path.ShouldBe("methods[1]");
    }

    [Fact]
    public async Task Plan_LabelTwice_IsRefused()
    {
        var outcome = await Planner()
            .PlanAsync(
                Sweeps.Spec(["image"], Sweeps.Mganprior(10) with { Label = "a" }, Sweeps.Mganprior(20) with { Label = "a" }),
                default
            );

        outcome.Issues.ShouldHaveSingleItem().Path.ShouldBe("methods[1].label");
    }

    [Fact]
    public async Task Plan_UnknownGenerator_IsRefused()
    {
        var outcome = await Planner().PlanAsync(Sweeps.Spec(["image"], Sweeps.Mganprior(10)) with { GeneratorId = "0000" }, default);

        outcome.Issues.ShouldHaveSingleItem().Path.ShouldBe("generator");
    }

    [Fact]
    public async Task Plan_PerceptualNetworkThatTheGeneratorLacks_SaysWhichItHas()
    {
        var (weights, network) = (Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllBytesAsync(weights, TinyGenerator.Weights);
        await File.WriteAllBytesAsync(network, TinyGenerator.SqueezeNet);
        var (card, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(weights, network, "squeezed");
        File.Delete(weights);
        File.Delete(network);

        var asked = await Planner().PlanAsync(Spec("vgg16"), default);
        var brought = await Planner().PlanAsync(Spec("squeezenet1_1"), default);
        var without = await Planner().PlanAsync(Spec("none"), default);

        asked
            .Issues.ShouldHaveSingleItem()
            .Message.ShouldContain(
                "'perceptual' is vgg16, but the generator was imported with squeezenet1_1; use 'squeezenet1_1' or 'none' or import it again."
            );
        brought.Issues.ShouldBeEmpty();
        var (with, none) = (brought.Plan!.Cells.Single(), without.Plan!.Cells.Single());
        with.BytesPerJob.ShouldBeGreaterThan(none.BytesPerJob);
        with.MultiplyAddsPerIteration.ShouldBeGreaterThan(none.MultiplyAddsPerIteration);

        SweepSpec Spec(string perceptual) =>
            Sweeps.Spec(["image"], Sweeps.Mganprior(10, ("perceptual", [perceptual]))) with
            {
                GeneratorId = card.Id,
            };
    }

    [Fact]
    public async Task Plan_GridOverASettingThatIsLeftOutAtItsDefault_NamesEveryValueAndKeepsTheJob()
    {
        var dip = new MethodSpec { Method = "dip", Settings = Sweeps.Settings(("perceptual", ["none"])) };
        var plan = await Planned(dip with { Settings = dip.Settings.Add("input-jitter", ["0", "0.03"]) });
        var without = await Planned(dip);

        plan.Cells.Select(cell => cell.Label).ShouldBe(["dip input-jitter=0", "dip input-jitter=0.03"]);
        plan.Jobs().First().Spec.Id.ShouldBe(without.Jobs().Single().Spec.Id);
        plan.Jobs().Select(job => job.Spec.Id).ShouldBeUnique();

        var networks = (
            await Planner().PlanAsync(SuperResolution("esrgan", "4", ("ema-decay", ["0", "0.9"])), default)
        ).Plan.ShouldNotBeNull();
        networks.Cells.Select(cell => cell.Label).ShouldBe(["esrgan network.ema-decay=0", "esrgan network.ema-decay=0.9"]);
        networks.Cells[1].NetworkBytes.ShouldBeGreaterThan(networks.Cells[0].NetworkBytes, "the running mean is kept too");
    }

    /// <summary>What a preset has for one value of a task's setting, as a network's training has too.</summary>
    [Theory]
    [InlineData("4", "0.03", "192")]
    [InlineData("8", "0.05", "384")]
    public async Task Plan_PresetPaperForAFactor_HasTheNumbersForIt(string factor, string jitter, string patch)
    {
        var dip = new MethodSpec
        {
            Method = "dip",
            Preset = "paper",
            Settings = Sweeps.Settings(),
        };
        var rcan = new MethodSpec
        {
            Method = "rcan",
            Settings = Sweeps.Settings(),
            Network = new TrainingSpec { Preset = "paper", Settings = Sweeps.Settings() },
        };
        var spec = Sweeps.Spec(["image"], dip, rcan) with { Task = "super-resolution", TaskSettings = Sweeps.Single("factor", factor) };

        var cells = (await Planner().PlanAsync(spec, default)).Plan.ShouldNotBeNull().Cells;
        cells[0].Settings["input-jitter"].ShouldBe(jitter);
        cells[1].Network!.Settings["patch"].ShouldBe(patch);
    }

    /// <summary>A generator that was imported with VGG16, also before its relu4_2 was read, has both depths under the id that it had.</summary>
    [Theory]
    [InlineData(9, "vgg16-relu4_2", null)]
    [InlineData(9, "vgg16", null)]
    [InlineData(7, "vgg16", null)]
    [InlineData(
        7,
        "vgg16-relu4_2",
        "'perceptual' is vgg16-relu4_2, but the generator was imported with vgg16; use 'vgg16' or 'none' or import it again."
    )]
    public async Task Plan_DepthOfVgg16_IsThereWhereTheFileHasIt(int convolutions, string perceptual, string? issue)
    {
        var content = TinyGenerator.Vgg16(convolutions);
        var (weights, network) = (Path.GetTempFileName(), Path.GetTempFileName());
        await File.WriteAllBytesAsync(weights, TinyGenerator.Weights);
        await File.WriteAllBytesAsync(network, content);
        var (card, _) = await new GeneratorImport(EngineCatalog.BuiltIn, _store).ImportAsync(weights, network, "vgg");
        File.Delete(weights);
        File.Delete(network);

        var outcome = await Planner()
            .PlanAsync(Sweeps.Spec(["image"], Sweeps.Mganprior(10, ("perceptual", [perceptual]))) with { GeneratorId = card.Id }, default);

        (card.Perceptual, card.Id).ShouldBe(("vgg16", GeneratorId.Of(TinyGenerator.Weights, content)));
        outcome.Issues.Select(found => found.Message).ShouldBe(issue is null ? [] : [issue]);
    }

    private static SweepSpec SuperResolution(string method, string factor, params (string Name, string[] Values)[] network)
    {
        (string Name, string[] Values)[] without = method == "esrgan" ? [("perceptual", ["none"])] : [];
        var training = new TrainingSpec { Preset = "tuned", Settings = Sweeps.Settings([.. without, .. network]) };
        var methods = new MethodSpec
        {
            Method = method,
            Settings = Sweeps.Settings(),
            Network = training,
        };
        return Sweeps.Spec(["image"], methods) with { Task = "super-resolution", TaskSettings = Sweeps.Single("factor", factor) };
    }

    private EngineSweepPlanner Planner() => new(_store, EngineCatalog.BuiltIn);

    private async Task<IReadOnlyList<SpecIssue>> Issues(MethodSpec method) =>
        (await Planner().PlanAsync(Sweeps.Spec(["image"], method), default)).Issues;

    private async Task<SweepPlan> Planned(params MethodSpec[] methods)
    {
        var outcome = await Planner().PlanAsync(Sweeps.Spec(["image"], methods), default);
        outcome.Issues.ShouldBeEmpty();
        return outcome.Plan!;
    }
}
