using PmSFC.Engine.Inversion;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Failures;

namespace PmSFC.Silo.Workloads;

/// <summary>Inversions in one pass: nothing to checkpoint, to stop or to show on the way.</summary>
internal sealed class FeedForwardSession(
    Device device,
    InversionSetup setup,
    FeedForwardMethod method,
    TimeProvider time,
    Action<SessionEvent> post,
    Action<Exception> logBug
) : InversionSession(device, setup, post, logBug)
{
    private protected override IReadOnlyList<InversionJob> Reconstruct(InversionBatch batch, InversionProblem problem)
    {
        var began = time.GetTimestamp();
        BeginSpans(batch, 0);
        try
        {
            using var reconstruction = method.Reconstruct(problem);
            var (losses, images) = (reconstruction.Losses(), Images(reconstruction, problem));
            var share = time.GetElapsedTime(began).TotalSeconds / batch.Jobs.Count;
            foreach (var (i, job) in batch.Jobs.Index())
            {
                job.DeviceSeconds += share;
                EndSpan(job, 0);
                if (job.Record(0, losses[i]) && images[i] is { } image)
                    Post(new ImageReconstructed(job.Work, image, reconstruction.Codes(i), job.Snapshot(0, reconstruction.BatchSize, [])));
                else
                    Post(new WorkFailed(job.Work, FailureNaming.Diverged(0, losses[i])));
            }

            return [];
        }
        finally
        {
            foreach (var job in batch.Jobs)
                EndSpan(job, 0);
        }
    }
}
