using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Sweeps;
using PmSFC.Engine;
using PmSFC.Silo.Planning;
using PmSFC.Storage;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep plan FILE</c>: what a sweep would do.</summary>
internal sealed class SweepPlanCommand(CliHost host, GlobalOptions options)
    : SpecCommand("plan", "Check a sweep and say what it would do, without doing it", host, options)
{
    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var (file, given) = ReadFile(invocation);
        using var inspection = new InspectionStore(invocation);
        var card = await inspection.FindGeneratorAsync(file.Generator);
        inspection.CheckImages(ImagesOf(invocation, file));
        var prepared = await PrepareAsync(invocation, inspection.Store, file, given, card);
        if (invocation.Cluster is null)
        {
            // No silo is started, so that neither the store's lock nor the right to write it is needed.
            var outcome = await new EngineSweepPlanner(inspection.Store, EngineCatalog.BuiltIn).PlanAsync(
                prepared.Spec,
                invocation.CancellationToken
            );
            var devices = new EmbeddedDevices(invocation.Devices);
            devices.CheckMemory(await TellAsync(invocation, inspection.Store, SweepClient.PlanOf(outcome, file), devices.Describe()));
            return ExitCode.Done;
        }

        await using var cluster = await ClusterSession.StartAsync(invocation, inspection.Store);
        var plan = await cluster.Sweeps.PlanAsync(prepared.Spec, file, invocation.CancellationToken);
        await TellAsync(invocation, inspection.Store, plan, await cluster.DevicesAsync(invocation.CancellationToken));
        return ExitCode.Done;
    }

    private static async Task<SweepForecast> TellAsync(
        Invocation invocation,
        IArtifactStore store,
        SweepPlan plan,
        IReadOnlyList<string> devices
    )
    {
        var forecast = await new StoredSweeps(invocation, store).ForecastAsync(plan);
        new ForecastPrinter(invocation).Tell(plan, forecast, devices);
        return forecast;
    }
}
