using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Subspaces;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine.Safetensors;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using TorchSharp;

namespace PmSFC.Silo.Workloads;

/// <summary>The synchronous part of a discovery, on the device's thread.</summary>
internal sealed class DiscoverySession(Device device, ISubspaceDiscovery discovery, TimeProvider time, Action<SessionEvent> post)
{
    /// <summary>Works until the discovery is finished, failed or stopped.</summary>
    /// <param name="work">The discovery.</param>
    /// <param name="sizes">Sizes to copy, or null.</param>
    /// <param name="checkpoint">Where to go on from, or null.</param>
    public void Run(LeasedWork work, IReadOnlyList<int>? sizes, JobCheckpoint? checkpoint)
    {
        using var scope = torch.NewDisposeScope();
        var spec = work.Item.Discovery!;
        using var run = Start(spec, sizes);
        if (checkpoint is not null && !TryRestore(run, work, checkpoint))
        {
            Run(work, sizes, null);
            return;
        }

        work.Trace.Phase(PmSFCTelemetry.DiscoverSpan)?.SetTag("pmsfc.iteration.first", run.Iteration).SetTag("pmsfc.batch", 1);
        try
        {
            Iterate(run, work, checkpoint?.DeviceSeconds ?? 0);
        }
        finally
        {
            work.Trace.EndPhase("pmsfc.iteration.last", run.Iteration);
        }
    }

    private DiscoveryRun Start(SubspaceSpec spec, IReadOnlyList<int>? sizes) => discovery.Start(
        device.Generators.Get(spec.GeneratorId).Generator, ResolvedSettings.FromCanonical(spec.Settings), spec.Seed, sizes);

    private bool TryRestore(DiscoveryRun run, LeasedWork work, JobCheckpoint checkpoint)
    {
        try
        {
            run.Restore(checkpoint.State.ToArray());
            return true;
        }
        catch (CheckpointException refusal)
        {
            post(new CheckpointRefused(work, checkpoint.Iteration, refusal.Message));
            return false;
        }
    }

    private void Iterate(DiscoveryRun run, LeasedWork work, double secondsBefore)
    {
        var first = run.Iteration;
        var seconds = secondsBefore;
        var meter = new RunMeter(device, discovery.Name, run.Iteration, 1, time);
        var checkpointed = time.GetTimestamp();
        while (run.Iteration < run.Iterations)
        {
            if (work.Stop != StopReason.None)
            {
                if (work.Stop == StopReason.Draining && run.Iteration > first) Checkpoint();
                post(new WorkStopped(work));
                return;
            }

            run.Step();
            if (time.GetElapsedTime(checkpointed) >= device.Options.CheckpointInterval && run.Iteration < run.Iterations)
            {
                if (!Checkpoint()) return;
                checkpointed = time.GetTimestamp();
            }

            if (meter.Elapsed >= device.Options.ProgressInterval) Report(run, work, meter);
        }

        if (meter.HasMoved(run.Iteration)) Report(run, work, meter);
        post(new SubspacesFound(work, run.Finish()));

        bool Checkpoint()
        {
            seconds += meter.TakeSeconds();
            var loss = LossOf(run);
            if (!double.IsFinite(loss))
            {
                post(new WorkFailed(work, FailureNaming.Diverged(run.Iteration, loss)));
                return false;
            }

            post(new CheckpointTaken(
                work,
                new JobCheckpoint { Iteration = run.Iteration, Losses = [], DeviceSeconds = seconds, State = run.Checkpoint() }));
            return true;
        }
    }

    private void Report(DiscoveryRun run, LeasedWork work, RunMeter meter) => post(new ProgressMade(work, new JobProgress
    {
        Iteration = run.Iteration,
        Iterations = run.Iterations,
        Loss = LossOf(run),
        IterationsPerSecond = meter.Measure(run.Iteration),
    }));

    // The features' term stands for the whole: its weights are the discovery's own affair, and a random partition has no loss.
    private static double LossOf(DiscoveryRun run) => run.Losses()?.Feature ?? 0;
}
