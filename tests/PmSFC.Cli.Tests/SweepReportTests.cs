using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Tests.Support;
using PmSFC.Client.Tests.Fixtures;
using PmSFC.Storage;

namespace PmSFC.Cli.Tests;

public sealed class SweepReportTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task Report_IntoTheFolderOfAnotherSweepsReport_SaysWhichItReplaces()
    {
        var (first, second) = (SampleSweep.Plan(2, "ours", "theirs"), SampleSweep.Plan(2, "ours", "theirs") with { Seed = 1 });
        var (store, folder) = (_workshop.PathOf("store"), _workshop.PathOf("out"));
        foreach (var plan in (SweepPlan[])[first, second])
        {
            var artifacts = new DirectoryArtifactStore(store);
            await SampleSweep.StoreAsync(artifacts, plan, (_, _) => 20);
            await artifacts.WriteOnceAsync(ArtifactNames.SweepPlan(plan.Id), ArtifactJson.Write(plan));
        }

        (await ReportAsync(first)).ShouldNotContain("replaced");
        (await ReportAsync(first)).ShouldNotContain("replaced");
        (await ReportAsync(second)).ShouldContain(
            $"The report of sweep {first.Id[..8]}, which was in {folder}, is replaced; write it to another folder with: pmsfc sweep report {first.Id[..8]} --out FOLDER --store {store}"
        );
        (await ReportAsync(second)).ShouldNotContain("replaced");

        async Task<string> ReportAsync(SweepPlan plan)
        {
            var (code, output, error) = await InProcess.RunAsync("sweep", "report", plan.Id, "--out", folder, "--store", store);
            code.ShouldBe(0, error);
            return output;
        }
    }
}
