using PmSFC.Abstractions.Jobs;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using PmSFC.Silo.Workloads.Previews;
using TorchSharp;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// Inversions by search. Jobs at the same iteration run together; whenever one of them leaves (stopped, diverged, or because memory is short), the others
/// go on in another run from where they are.
/// </summary>
internal sealed class OptimizationSession(
    Device device,
    InversionSetup setup,
    IOptimizationMethod method,
    TimeProvider time,
    Action<SessionEvent> post,
    PreviewWriter previews,
    Action<Exception> logBug
) : InversionSession(device, setup, post, logBug)
{
    /// <summary>Pixels on the longer side of a preview, at most.</summary>
    private const int PreviewSide = 128;

    private protected override IReadOnlyList<InversionJob> Reconstruct(InversionBatch batch, InversionProblem problem)
    {
        var group = batch.Jobs;
        using var run = method.Start(problem);
        if (!TryRestore(run, batch))
            return group;
        BeginSpans(batch, run.Iteration);
        try
        {
            return Iterate(run, group, problem);
        }
        finally
        {
            foreach (var job in group)
                EndSpan(job, run.Iteration);
        }
    }

    private bool TryRestore(InversionRun run, InversionBatch batch)
    {
        if (batch.Jobs[0].Checkpoint is not { } first)
            return true;
        try
        {
            run.Restore(batch.Fill(job => job.Checkpoint!.State.ToArray()));
            return true;
        }
        catch (CheckpointException refusal)
        {
            foreach (var job in batch.Jobs)
            {
                Post(new CheckpointRefused(job.Work, first.Iteration, refusal.Message));
                job.StartOver();
            }

            return false;
        }
    }

    private IReadOnlyList<InversionJob> Iterate(InversionRun run, IReadOnlyList<InversionJob> group, InversionProblem problem)
    {
        var first = run.Iteration;
        var schedule = new LossSchedule(run.Iterations);
        var meter = new RunMeter(Device, method.Name, run.Iteration, group.Count, time);
        var shown = new PreviewSchedule(Device.Options, run.Iteration, run.Iterations, time);
        var checkpointed = time.GetTimestamp();
        if (run.Iterations == 0 && Diverging(run, group) is { Count: > 0 } unsound)
            return [.. group.Except(unsound)];
        while (!run.IsFinished)
        {
            if (group.Any(job => job.Work.Stop != StopReason.None))
                return Interrupt(run, group, first, meter);
            run.Step();
            Device.Thread.Beat();
            meter.Count(run.Iteration);
            if (schedule.Includes(run.Iteration) && Diverging(run, group) is { Count: > 0 } lost)
                return Secure(run, [.. group.Except(lost)], group, meter);

            if (time.GetElapsedTime(checkpointed) >= Device.Options.CheckpointInterval && !run.IsFinished)
            {
                var sound = Secure(run, group, group, meter);
                foreach (var job in sound)
                    Post(new CheckpointTaken(job.Work, job.Checkpoint!));
                if (sound.Count < group.Count)
                    return sound;
                checkpointed = time.GetTimestamp();
            }

            if (shown.IsDue(run.Iteration) && !run.IsFinished)
                Show(run, group, problem, shown);
            if (meter.Elapsed >= Device.Options.ProgressInterval)
                Report(run, group, meter);
        }

        if (meter.HasMoved(run.Iteration))
            Report(run, group, meter);
        Finish(run, group, problem, meter);
        return [];
    }

    private List<InversionJob> Diverging(InversionRun run, IReadOnlyList<InversionJob> group)
    {
        var losses = run.Losses();
        var lost = new List<InversionJob>();
        for (var i = 0; i < group.Count; i++)
        {
            if (group[i].Record(run.Iteration, losses[i]))
                continue;
            lost.Add(group[i]);
            Diverge(run, group[i], losses[i]);
        }

        return lost;
    }

    /// <summary>The first time, the job goes back to its last good checkpoint; the second time it fails, as where there is no step that could be smaller.</summary>
    private void Diverge(InversionRun run, InversionJob job, double loss)
    {
        if (job.Divergence is { } before)
        {
            EndSpan(job, run.Iteration);
            Post(new WorkFailed(job.Work, FailureNaming.DivergedAgain(before, run.Iteration, loss)));
            return;
        }

        if (run.Iterations == 0)
        {
            EndSpan(job, run.Iteration);
            Post(new WorkFailed(job.Work, FailureNaming.Diverged(run.Iteration, loss)));
            return;
        }

        Post(new SearchDiverged(job.Work, job.StepSmaller(run.Iteration, loss)));
        Restarted.Add(job);
    }

    private IReadOnlyList<InversionJob> Interrupt(InversionRun run, IReadOnlyList<InversionJob> group, int first, RunMeter meter)
    {
        if (run.Iteration == first)
            return group;
        var left = Secure(run, [.. group.Where(job => job.Work.Stop != StopReason.Lost)], group, meter);
        foreach (var job in left.Where(job => job.Work.Stop is StopReason.Draining or StopReason.Cancelled))
            Post(new CheckpointTaken(job.Work, job.Checkpoint!));
        return [.. left, .. group.Where(job => job.Work.Stop is StopReason.Lost or StopReason.Cancelled).Except(left)];
    }

    /// <summary>Checkpoints jobs in memory, so that they can go on in another run. A diverged one does not.</summary>
    private List<InversionJob> Secure(InversionRun run, IReadOnlyList<InversionJob> jobs, IReadOnlyList<InversionJob> group, RunMeter meter)
    {
        var losses = run.Losses();
        var share = meter.TakeSeconds() / group.Count;
        foreach (var job in group)
            job.DeviceSeconds += share;
        var sound = new List<InversionJob>();
        for (var i = 0; i < group.Count; i++)
        {
            var job = group[i];
            if (!jobs.Contains(job))
                continue;
            if (job.IsSound(losses[i]))
            {
                job.Keep(run.Iteration, run.BatchSize, run.Checkpoint(i));
                sound.Add(job);
            }
            else
            {
                Diverge(run, job, losses[i]);
            }
        }

        return sound;
    }

    private void Report(InversionRun run, IReadOnlyList<InversionJob> group, RunMeter meter)
    {
        var rate = meter.Measure(run.Iteration);
        foreach (var job in group)
        {
            var progress = new JobProgress
            {
                Iteration = run.Iteration,
                Iterations = run.Iterations,
                Loss = job.Loss,
                IterationsPerSecond = rate,
            };
            Post(new ProgressMade(job.Work, progress, group.Count));
        }
    }

    /// <summary>Draws what the present codes give and hands it on. Where that fails, those who watch see no more of this run; its jobs go on.</summary>
    private void Show(InversionRun run, IReadOnlyList<InversionJob> group, InversionProblem problem, PreviewSchedule shown)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var images = Complete(problem, run.Reconstruct()).narrow(0, 0, group.Count); // without those that only fill
            var pictures = ImageTensors.FromTensor(ImageTensors.Shrink(images, PreviewSide));
            foreach (var (job, picture) in group.Zip(pictures))
                previews.Offer(new PreviewDraft(job.Work, picture, job.Preview(run.Iteration, run.Iterations)));
            shown.Drawn(run.Iteration);
        }
        catch (Exception failure) when (!DeviceLoss.IsCertain(failure))
        {
            shown.Stop();
            foreach (var job in group)
                previews.Skip(job.Work, failure);
        }
    }

    private void Finish(InversionRun run, IReadOnlyList<InversionJob> group, InversionProblem problem, RunMeter meter)
    {
        var images = Images(run, problem);
        var share = meter.TakeSeconds() / group.Count;
        for (var i = 0; i < group.Count; i++)
        {
            var job = group[i];
            job.DeviceSeconds += share;
            EndSpan(job, run.Iteration);
            if (images[i] is { } image)
                Post(new ImageReconstructed(job.Work, image, run.Codes(i), job.Snapshot(run.Iteration, run.BatchSize, [])));
            else
                Diverge(run, job, double.NaN);
        }
    }
}
