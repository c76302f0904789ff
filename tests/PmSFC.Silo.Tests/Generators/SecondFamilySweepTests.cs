using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Engine;
using PmSFC.SecondFamily;
using PmSFC.Silo.Analyses;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Planning;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Silo.Tests.Generators;

/// <summary>A generator of another family goes the whole way from a file to a report; the only line for it is the one in its catalogue.</summary>
[Collection(TensorsCollection.Name)]
public sealed class SecondFamilySweepTests : IDisposable
{
    private static readonly EngineCatalog Engine = EngineCatalog.BuiltIn with
    {
        Families = new([.. EngineCatalog.BuiltIn.Families.All, new StyledFamily()]),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly MemoryStore _store = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sweep_OfAnotherFamily_ImportsPlansDiscoversTrainsInvertsReportsAndAnalyses()
    {
        var id = await Import();
        string[] images = [await TinyGenerator.StoreImage(_store, 0), await TinyGenerator.StoreImage(_store, 1)];
        var training = new TrainingSpec { Settings = Sweeps.Settings(("iterations", ["5"]), ("batch", ["2"]), ("width", ["4"])) };
        SweepPlan plan;
        await using (
            var cluster = await EmbeddedCluster.StartAsync(
                new EmbeddedClusterOptions
                {
                    Store = _store,
                    Devices = [new DeviceOptions { Threads = 1 }],
                    Engine = Engine,
                }
            )
        )
        {
            MethodSpec[] methods =
            [
                Sweeps.Pmsfc(20, ("split", ["2"])) with
                {
                    Subspaces = Sweeps.Discovery("self-expressive", ("steps", ["20"]), ("subspaces", ["3"]), ("split", ["2"])),
                },
                Sweeps.Mganprior(20, ("split", ["2"])),
                Sweeps.GenVisMani(5) with
                {
                    Network = training,
                },
            ];
            plan = await Sweeps.Plan(cluster, Sweeps.Spec(images, methods) with { GeneratorId = id });
            await Sweeps.Run(cluster, plan, e => e.Finished);
            (await cluster.Grains.GetGrain<ISweepGrain>(plan.Id).GetStatus())!.Failures.ShouldBeEmpty();
        }

        (await Sweeps.Results(_store, plan)).Count.ShouldBe(6);
        var table = await SweepTable.ReadAsync(_store, plan);
        table.Rows.ShouldAllBe(row => row.Done == 2);
        var report = await new SweepReport(_store, TimeProvider.System).WriteAsync(table, _folder);
        (await File.ReadAllTextAsync(report.Html)).ShouldContain("PmSFC");
        (await new SweepVerification(_store, Engine).VerifyAsync(plan)).Findings.ShouldBeEmpty();
        var analysis = new SweepAnalysis(_store, Engine, new SwapAnalysis(), new DeviceOptions());
        var pictures = await analysis.DrawAsync(await analysis.SelectAsync(plan, "image 0", "image 1", cell: null));
        pictures.ShouldHaveSingleItem().Picture.Height.ShouldBeGreaterThan(2 * 16);
    }

    [Fact]
    public async Task Plan_OfAFamilyThatIsNotKnown_SaysSo()
    {
        var id = await Import();
        var image = await TinyGenerator.StoreImage(_store, 0);

        var refused = await new EngineSweepPlanner(_store, EngineCatalog.BuiltIn).PlanAsync(
            Sweeps.Spec([image], Sweeps.Mganprior(3)) with
            {
                GeneratorId = id,
            },
            default
        );

        var issue = refused.Issues.ShouldHaveSingleItem();
        issue.Path.ShouldBe("generator");
        issue.Message.ShouldBe(
            "The generator 'styled' is of the family 'styled', which this version does not know (pggan, stylegan1, stylegan2); use the version that imported it, or a later one."
        );
    }

    private async Task<string> Import()
    {
        var file = Path.Combine(_folder, "styled.safetensors");
        await File.WriteAllBytesAsync(file, StyledWeights.Random(new StyledArchitecture(6, [8, 7, 5])).ToSafetensors());
        var (card, _) = await new GeneratorImport(Engine, _store).ImportAsync(file, null, "styled");
        (card.Family, card.Layout, card.Resolution).ShouldBe(("styled", "styled", 16));
        _store.Has(ArtifactNames.GeneratorThumbnail(card.Id)).ShouldBeTrue();
        return card.Id;
    }
}
