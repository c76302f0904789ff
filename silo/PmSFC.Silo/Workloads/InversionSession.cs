using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using PmSFC.Silo.Workloads.Previews;
using TorchSharp;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// The synchronous part of a batch of inversions, on the device's thread. Jobs at the same iteration run together; whenever one of them leaves
/// (stopped, diverged, or because memory is short), the others go on in another run from where they are, since a job's result does not depend on
/// its company.
/// </summary>
internal sealed class InversionSession(Device device, InversionSetup setup, TimeProvider time, Action<SessionEvent> post, PreviewWriter previews, Action<Exception> logBug)
{
    /// <summary>Pixels on the longer side of a preview, at most.</summary>
    private const int PreviewSide = 128;

    private static readonly Scalar Darkest = -1, Lightest = 1;

    private readonly DeviceOptions _options = device.Options;

    /// <summary>Jobs that diverged in the run that is under way and begin again in another.</summary>
    private readonly List<InversionJob> _restarted = [];

    /// <summary>Works until every job is finished, failed or stopped.</summary>
    public void Run(IEnumerable<InversionJob> jobs)
    {
        var pending = new Stack<InversionBatch>(InversionBatch.Divide(jobs, _options.ResolveMemoryBytes()).Reverse());
        while (pending.TryPop(out var batch))
        {
            batch = batch.With(StillWanted(batch.Jobs));
            if (batch.Jobs.Count == 0) continue;
            try
            {
                if (Optimize(batch) is { Count: > 0 } left) pending.Push(batch.With(left));
            }
            catch (Exception e) when (DeviceMemory.IsExhausted(e) && batch.Width > 1)
            {
                foreach (var half in batch.With([.. batch.Jobs.Except(_restarted)]).Halve().Reverse()) pending.Push(half);
            }
            catch (Exception e) when (!DeviceLoss.IsCertain(e))
            {
                var failure = FailureNaming.Name(e);
                if (failure.Name == Abstractions.Failures.FailureName.Bug) logBug(e);
                foreach (var job in batch.Jobs) post(new WorkFailed(job.Work, failure));
                _restarted.Clear();
            }

            foreach (var gentler in InversionBatch.Divide(_restarted, _options.ResolveMemoryBytes()).Reverse().ToArray()) pending.Push(gentler);
            _restarted.Clear();
        }
    }

    private InversionJob[] StillWanted(IReadOnlyList<InversionJob> group)
    {
        foreach (var job in group.Where(job => job.Work.Stop != StopReason.None)) post(new WorkStopped(job.Work));
        return [.. group.Where(job => job.Work.Stop == StopReason.None)];
    }

    /// <returns>The jobs that are left to do, all at one iteration.</returns>
    private IReadOnlyList<InversionJob> Optimize(InversionBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var group = batch.Jobs;
        var loaded = device.Generators.Get(setup.GeneratorId);
        var targets = ImageTensors.ToTensor([.. batch.Fill(job => job.Target)], device.Torch);
        using var degradation = setup.Task.Bind(new TaskInputs
        {
            Settings = setup.TaskSettings,
            Resolution = loaded.Generator.Architecture.Resolution,
            Device = device.Torch,
            Images = setup.TaskImages,
        });
        using var run = setup.Method.Start(new InversionProblem
        {
            Generator = loaded.Generator,
            Perceptual = loaded.Perceptual,
            Degradation = degradation,
            Partition = setup.Partition,
            Network = setup.Network,
            Prepared = setup.Prepared,
            Targets = targets,
            Seeds = batch.Fill(job => job.Seed),
            Settings = setup.Settings,
            StepScale = group[0].StepScale,
        });
        if (!TryRestore(run, batch)) return group;
        foreach (var job in group)
        {
            job.Work.Trace.Phase(PmSFCTelemetry.OptimizeSpan)?
                .SetTag("pmsfc.iteration.first", run.Iteration)
                .SetTag("pmsfc.batch", batch.Width);
        }

        try
        {
            return Iterate(run, group, reconstructions => degradation.Complete(targets, reconstructions));
        }
        finally
        {
            foreach (var job in group) EndSearch(job, run);
        }
    }

    /// <summary>Ends the span of the search. It has to happen before what ends the job is posted, since other spans may begin from then on.</summary>
    private static void EndSearch(InversionJob job, InversionRun run) =>
        job.Work.Trace.EndPhase(PmSFCTelemetry.OptimizeSpan, "pmsfc.iteration.last", run.Iteration);

    private bool TryRestore(InversionRun run, InversionBatch batch)
    {
        foreach (var job in batch.Jobs) job.Rewind();
        if (batch.Jobs[0].Checkpoint is not { } first) return true;
        try
        {
            run.Restore(batch.Fill(job => job.Checkpoint!.State.ToArray()));
            return true;
        }
        catch (CheckpointException refusal)
        {
            foreach (var job in batch.Jobs)
            {
                post(new CheckpointRefused(job.Work, first.Iteration, refusal.Message));
                job.StartOver();
            }

            return false;
        }
    }

    private IReadOnlyList<InversionJob> Iterate(InversionRun run, IReadOnlyList<InversionJob> group, Func<torch.Tensor, torch.Tensor> complete)
    {
        var first = run.Iteration;
        var schedule = new LossSchedule(run.Iterations);
        var meter = new RunMeter(device, setup.Method.Name, run.Iteration, group.Count, time);
        var shown = new PreviewSchedule(_options, run.Iteration, run.Iterations, time);
        var checkpointed = time.GetTimestamp();
        if (run.Iterations == 0 && Diverging(run, group) is { Count: > 0 } unsound)
            return [.. group.Except(unsound)];
        while (!run.IsFinished)
        {
            if (group.Any(job => job.Work.Stop != StopReason.None)) return Interrupt(run, group, first, meter);
            run.Step();
            device.Thread.Beat();
            meter.Count(run.Iteration);
            if (schedule.Includes(run.Iteration) && Diverging(run, group) is { Count: > 0 } lost)
                return Secure(run, [.. group.Except(lost)], group, meter);

            if (time.GetElapsedTime(checkpointed) >= _options.CheckpointInterval && !run.IsFinished)
            {
                var sound = Secure(run, group, group, meter);
                foreach (var job in sound) post(new CheckpointTaken(job.Work, job.Checkpoint!));
                if (sound.Count < group.Count) return sound;
                checkpointed = time.GetTimestamp();
            }

            if (shown.IsDue(run.Iteration) && !run.IsFinished) Show(run, group, complete, shown);
            if (meter.Elapsed >= _options.ProgressInterval) Report(run, group, meter);
        }

        if (meter.HasMoved(run.Iteration)) Report(run, group, meter);
        Finish(run, group, complete, meter);
        return [];
    }

    private List<InversionJob> Diverging(InversionRun run, IReadOnlyList<InversionJob> group)
    {
        var losses = run.Losses();
        var lost = new List<InversionJob>();
        for (var i = 0; i < group.Count; i++)
        {
            if (group[i].Record(run.Iteration, losses[i])) continue;
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
            EndSearch(job, run);
            post(new WorkFailed(job.Work, FailureNaming.DivergedAgain(before, run.Iteration, loss)));
            return;
        }

        if (run.Iterations == 0)
        {
            EndSearch(job, run);
            post(new WorkFailed(job.Work, FailureNaming.Diverged(run.Iteration, loss)));
            return;
        }

        post(new SearchDiverged(job.Work, job.StepSmaller(run.Iteration, loss)));
        _restarted.Add(job);
    }

    private IReadOnlyList<InversionJob> Interrupt(InversionRun run, IReadOnlyList<InversionJob> group, int first, RunMeter meter)
    {
        if (run.Iteration == first) return group;
        var left = Secure(run, [.. group.Where(job => job.Work.Stop != StopReason.Lost)], group, meter);
        foreach (var job in left.Where(job => job.Work.Stop is StopReason.Draining or StopReason.Cancelled)) post(new CheckpointTaken(job.Work, job.Checkpoint!));
        return [.. left, .. group.Where(job => job.Work.Stop is StopReason.Lost or StopReason.Cancelled).Except(left)];
    }

    /// <summary>Checkpoints jobs in memory, so that they can go on in another run. A diverged one does not.</summary>
    private List<InversionJob> Secure(InversionRun run, IReadOnlyList<InversionJob> jobs, IReadOnlyList<InversionJob> group, RunMeter meter)
    {
        var losses = run.Losses();
        var share = meter.TakeSeconds() / group.Count;
        foreach (var job in group) job.DeviceSeconds += share;
        var sound = new List<InversionJob>();
        for (var i = 0; i < group.Count; i++)
        {
            var job = group[i];
            if (!jobs.Contains(job)) continue;
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
            var progress = new JobProgress { Iteration = run.Iteration, Iterations = run.Iterations, Loss = job.Loss, IterationsPerSecond = rate };
            post(new ProgressMade(job.Work, progress, group.Count));
        }
    }

    /// <summary>Draws what the present codes give and hands it on. Where that fails, those who watch see no more of this run; its jobs go on.</summary>
    private void Show(InversionRun run, IReadOnlyList<InversionJob> group, Func<torch.Tensor, torch.Tensor> complete, PreviewSchedule shown)
    {
        try
        {
            using var scope = torch.NewDisposeScope();
            var images = complete(run.Reconstruct().clamp(Darkest, Lightest)).narrow(0, 0, group.Count); // without those that only fill
            var pictures = ImageTensors.FromTensor(ImageTensors.Shrink(images, PreviewSide));
            foreach (var (job, picture) in group.Zip(pictures)) previews.Offer(new PreviewDraft(job.Work, picture, job.Preview(run.Iteration, run.Iterations)));
            shown.Drawn(run.Iteration);
        }
        catch (Exception failure) when (!DeviceLoss.IsCertain(failure))
        {
            shown.Stop();
            foreach (var job in group) previews.Skip(job.Work, failure);
        }
    }

    private void Finish(InversionRun run, IReadOnlyList<InversionJob> group, Func<torch.Tensor, torch.Tensor> complete, RunMeter meter)
    {
        using var scope = torch.NewDisposeScope();
        var reconstructions = run.Reconstruct(); // [B, 3, H, W]
        var finite = reconstructions.isfinite().flatten(1).all(1).cpu().data<bool>().ToArray();
        var images = ImageTensors.FromTensor(complete(reconstructions.clamp(Darkest, Lightest)));
        var share = meter.TakeSeconds() / group.Count;
        for (var i = 0; i < group.Count; i++)
        {
            var job = group[i];
            job.DeviceSeconds += share;
            EndSearch(job, run);
            if (finite[i]) post(new ImageReconstructed(job.Work, images[i], run.Codes(i), job.Snapshot(run.Iteration, run.BatchSize, [])));
            else Diverge(run, job, double.NaN);
        }
    }
}
