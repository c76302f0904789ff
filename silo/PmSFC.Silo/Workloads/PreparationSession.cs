using PmSFC.Abstractions.Jobs;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Preparation;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using TorchSharp;

namespace PmSFC.Silo.Workloads;

/// <summary>The synchronous part of a preparation, on the device's thread.</summary>
internal sealed class PreparationSession<TRun, TResult>(
    Device device,
    PreparationSetup<TRun> setup,
    Func<TRun, TResult> finish,
    TimeProvider time,
    Action<SessionEvent> post
)
    where TRun : PreparationRun
{
    /// <summary>Works until the preparation is finished, failed or stopped.</summary>
    /// <param name="work">The preparation.</param>
    /// <param name="checkpoint">Where to go on from, or null.</param>
    public void Run(LeasedWork work, JobCheckpoint? checkpoint)
    {
        using var scope = torch.NewDisposeScope();
        using var run = setup.Start();
        if (checkpoint is not null && !TryRestore(run, work, checkpoint))
        {
            Run(work, null);
            return;
        }

        work.Trace.Phase(setup.Span)?.SetTag("pmsfc.iteration.first", run.Iteration).SetTag("pmsfc.batch", 1);
        try
        {
            Iterate(run, work, checkpoint?.DeviceSeconds ?? 0);
        }
        finally
        {
            EndSpan(run, work);
        }
    }

    /// <summary>Ends the span of the iterations. It has to happen before what ends the work is posted, since other spans may begin from then on.</summary>
    private void EndSpan(TRun run, LeasedWork work) => work.Trace.EndPhase(setup.Span, "pmsfc.iteration.last", run.Iteration);

    private bool TryRestore(TRun run, LeasedWork work, JobCheckpoint checkpoint)
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

    private void Iterate(TRun run, LeasedWork work, double secondsBefore)
    {
        var first = run.Iteration;
        var seconds = secondsBefore;
        var meter = new RunMeter(device, setup.Method, run.Iteration, 1, time);
        var checkpointed = time.GetTimestamp();
        while (run.Iteration < run.Iterations)
        {
            if (work.Stop != StopReason.None)
            {
                if (work.Stop != StopReason.Lost && run.Iteration > first)
                    Checkpoint();
                EndSpan(run, work);
                post(new WorkStopped(work));
                return;
            }

            run.Step();
            device.Thread.Beat();
            meter.Count(run.Iteration);
            if (time.GetElapsedTime(checkpointed) >= device.Options.CheckpointInterval && run.Iteration < run.Iterations)
            {
                if (!Checkpoint())
                    return;
                checkpointed = time.GetTimestamp();
            }

            if (meter.Elapsed >= device.Options.ProgressInterval)
                Report(run, work, meter);
        }

        if (meter.HasMoved(run.Iteration))
            Report(run, work, meter);
        if (!IsSound())
            return;
        var result = finish(run);
        EndSpan(run, work);
        post(new Prepared<TResult>(work, result));

        bool Checkpoint()
        {
            seconds += meter.TakeSeconds();
            if (!IsSound())
                return false;
            post(
                new CheckpointTaken(
                    work,
                    new JobCheckpoint
                    {
                        Iteration = run.Iteration,
                        Losses = [],
                        DeviceSeconds = seconds,
                        State = run.Checkpoint(),
                    }
                )
            );
            return true;
        }

        bool IsSound()
        {
            var loss = run.Loss();
            if (double.IsFinite(loss))
                return true;
            EndSpan(run, work);
            post(new WorkFailed(work, FailureNaming.Diverged(run.Iteration, loss)));
            return false;
        }
    }

    private void Report(TRun run, LeasedWork work, RunMeter meter) =>
        post(
            new ProgressMade(
                work,
                new JobProgress
                {
                    Iteration = run.Iteration,
                    Iterations = run.Iterations,
                    Loss = run.Loss(),
                    IterationsPerSecond = meter.Measure(run.Iteration),
                },
                1
            )
        );
}
