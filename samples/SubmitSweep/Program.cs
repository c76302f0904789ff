// Submits a sweep to a running cluster, follows it to its end and reads its results:
//   dotnet run --project samples/SubmitSweep -- STORE CLUSTER SWEEP.yaml FOLDER
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Client.Clusters;
using PmSFC.Client.Generators;
using PmSFC.Client.Images;
using PmSFC.Client.Results;
using PmSFC.Client.Specs;
using PmSFC.Client.Sweeps;
using PmSFC.Storage;

if (args is not [var location, var clusterId, var specPath, var folder])
{
    await Console.Error.WriteLineAsync("Four arguments are needed: STORE CLUSTER SWEEP.yaml FOLDER.");
    return 2;
}

try
{
    // The store that the silos use, and the cluster's id (pmsfc-silo --cluster-id); gateways are found in the store.
    var store = ArtifactStores.Open(location);
    await using var cluster = await ClusterConnection.ConnectAsync(new ClusterConnectionOptions { Store = store, ClusterId = clusterId });
    var sweeps = new SweepClient(cluster.Grains, store, TimeProvider.System);

    // A file becomes a plan: the generator by its name, the images as the generator takes them, rows and jobs by the cluster's planner.
    var file = SweepFile.Read(specPath);
    var generator = await new GeneratorDirectory(store).FindAsync(file.Generator);
    var images = await ImageSet.ReadAsync([folder], generator.Resolution, file.Limit);
    var plan = await sweeps.PlanAsync(file.ToSpec(generator.Id, images.References), file);
    Console.WriteLine($"{plan.Cells.Length} rows x {plan.Images.Length} images, sweep {plan.Id}");

    // What the sweep reads is stored before it starts. The same plan again is the same sweep: what is stored is not computed twice.
    await images.StoreAsync(store);
    using var run = await sweeps.StartAsync(plan);
    await foreach (var change in sweeps.WatchAsync(plan.Id))
    {
        if (change.Job is { State: JobState.Succeeded or JobState.Failed } job)
            Console.WriteLine($"{job.State} {job.Id}");
        if (change.Finished)
            break;
    }

    // Results are read from the store alone, also long after the cluster is gone.
    var table = await SweepTable.ReadAsync(store, plan);
    foreach (var row in table.Rows)
        Console.WriteLine(
            $"{row.Label}: {row.Done} done, {row.Failed} failed, PSNR {(row.Metrics.TryGetValue("psnr", out var psnr) ? $"{psnr.Mean:F2} dB" : "none")}"
        );
    return table.Rows.All(row => row.Done == plan.Images.Length) ? 0 : 1;
}
catch (Exception e) when (e is BadInputException or StoreException or ArgumentException or ClusterUnavailableException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
