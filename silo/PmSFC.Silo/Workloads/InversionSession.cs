using PmSFC.Abstractions.Telemetry;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;
using TorchSharp;

namespace PmSFC.Silo.Workloads;

/// <summary>
/// The synchronous part of a batch of inversions, on the device's thread. Where memory is short, halves of the batch are tried, since a job's result does
/// not depend on its company.
/// </summary>
internal abstract class InversionSession(Device device, InversionSetup setup, Action<SessionEvent> post, Action<Exception> logBug)
{
    private static readonly Scalar Darkest = -1,
        Lightest = 1;

    private readonly DeviceOptions _options = device.Options;

    private protected Device Device => device;

    /// <summary>Jobs that left the run that is under way and begin again in another.</summary>
    private protected List<InversionJob> Restarted { get; } = [];

    /// <summary>Works until every job is finished, failed or stopped.</summary>
    public void Run(IEnumerable<InversionJob> jobs)
    {
        var pending = new Stack<InversionBatch>(InversionBatch.Divide(jobs, _options.ResolveMemoryBytes()).Reverse());
        while (pending.TryPop(out var batch))
        {
            batch = batch.With(StillWanted(batch.Jobs));
            if (batch.Jobs.Count == 0)
                continue;
            try
            {
                if (Reconstruct(batch) is { Count: > 0 } left)
                    pending.Push(batch.With(left));
            }
            catch (Exception e) when (DeviceMemory.IsExhausted(e) && batch.Width > 1)
            {
                foreach (var half in batch.With([.. batch.Jobs.Except(Restarted)]).Halve().Reverse())
                    pending.Push(half);
            }
            catch (Exception e) when (!DeviceLoss.IsCertain(e))
            {
                var failure = FailureNaming.Name(e);
                if (failure.Name == Abstractions.Failures.FailureName.Bug)
                    logBug(e);
                foreach (var job in batch.Jobs)
                    post(new WorkFailed(job.Work, failure));
                Restarted.Clear();
            }

            foreach (var gentler in InversionBatch.Divide(Restarted, _options.ResolveMemoryBytes()).Reverse().ToArray())
                pending.Push(gentler);
            Restarted.Clear();
        }
    }

    /// <summary>Tells the asynchronous side.</summary>
    private protected void Post(SessionEvent e) => post(e);

    /// <summary>Reconstructs the targets of a batch and posts what the jobs come to.</summary>
    /// <param name="batch">Jobs without what happened to them before their checkpoint.</param>
    /// <param name="problem">Their targets and what belongs to them; lives as long as the call.</param>
    /// <returns>The jobs that are left to do, all at one iteration.</returns>
    private protected abstract IReadOnlyList<InversionJob> Reconstruct(InversionBatch batch, InversionProblem problem);

    /// <summary>Begins the span of the device's work for each job.</summary>
    private protected static void BeginSpans(InversionBatch batch, int iteration)
    {
        foreach (var job in batch.Jobs)
        {
            job.Work.Trace.Phase(PmSFCTelemetry.OptimizeSpan)
                ?.SetTag("pmsfc.iteration.first", iteration)
                .SetTag("pmsfc.batch", batch.Width);
        }
    }

    /// <summary>Ends that span. It has to happen before what ends the job is posted, since other spans may begin from then on.</summary>
    private protected static void EndSpan(InversionJob job, int iteration) =>
        job.Work.Trace.EndPhase(PmSFCTelemetry.OptimizeSpan, "pmsfc.iteration.last", iteration);

    /// <summary>The images of a reconstruction, with what the targets have kept where the task has it so.</summary>
    /// <returns>One for each image of the batch; null where it has numbers that are not finite.</returns>
    private protected static RgbImage?[] Images(Reconstruction reconstruction, InversionProblem problem)
    {
        using var scope = torch.NewDisposeScope();
        var images = reconstruction.Reconstruct(); // [B, 3, H, W]
        var finite = images.isfinite().flatten(1).all(1).cpu().data<bool>().ToArray();
        return [.. ImageTensors.FromTensor(Complete(problem, images)).Zip(finite, (image, isFinite) => isFinite ? image : null)];
    }

    /// <summary>Images within range, with what the targets have kept where the task has it so.</summary>
    private protected static torch.Tensor Complete(InversionProblem problem, torch.Tensor images) =>
        problem.Degradation.Complete(problem.Targets, images.clamp(Darkest, Lightest));

    private InversionJob[] StillWanted(IReadOnlyList<InversionJob> group)
    {
        foreach (var job in group.Where(job => job.Work.Stop != StopReason.None))
            post(new WorkStopped(job.Work));
        return [.. group.Where(job => job.Work.Stop == StopReason.None)];
    }

    private IReadOnlyList<InversionJob> Reconstruct(InversionBatch batch)
    {
        using var scope = torch.NewDisposeScope();
        var loaded = device.Generators.Get(setup.GeneratorId);
        var targets = ImageTensors.ToTensor([.. batch.Fill(job => job.Target)], device.Torch);
        using var degradation = setup.Task.Bind(
            new TaskInputs
            {
                Settings = setup.TaskSettings,
                Resolution = loaded.Generator.Architecture.Resolution,
                Device = device.Torch,
                Images = setup.TaskImages,
            }
        );
        foreach (var job in batch.Jobs)
            job.Rewind();
        return Reconstruct(
            batch,
            new InversionProblem
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
                StepScale = batch.Jobs[0].StepScale,
            }
        );
    }
}
