using System.Collections.Immutable;
using PmSFC.Abstractions.Identity;
using PmSFC.Abstractions.Jobs;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads;

/// <summary>One job of a batch on the device thread.</summary>
internal sealed class InversionJob(LeasedWork work, RgbImage target, JobCheckpoint? checkpoint)
{
    private const double Exploded = 1000,
        SmallerStep = 0.5;

    private ImmutableArray<LossPoint>.Builder _losses = ImmutableArray.CreateBuilder<LossPoint>();

    public LeasedWork Work => work;

    /// <summary>The prepared target at the generator's resolution.</summary>
    public RgbImage Target => target;

    /// <summary>Seed of the job's draws.</summary>
    public long Seed { get; } = ContentId.Seed(work.Item.Id);

    /// <summary>Where a run of the job begins; null for its start.</summary>
    public JobCheckpoint? Checkpoint { get; private set; } = checkpoint;

    /// <summary>How the search has diverged and goes on, or null.</summary>
    public JobDivergence? Divergence { get; private set; } = checkpoint?.Divergence;

    /// <summary>What every step size is multiplied by.</summary>
    public double StepScale => Divergence?.StepScale ?? 1;

    /// <summary>The job's share of device time, in seconds.</summary>
    public double DeviceSeconds { get; set; }

    /// <summary>The latest loss that was read, or NaN.</summary>
    public double Loss => _losses.Count > 0 ? _losses[^1].Loss : double.NaN;

    /// <summary>Goes back to the checkpoint.</summary>
    public void Rewind()
    {
        _losses = ImmutableArray.CreateBuilder<LossPoint>();
        if (Checkpoint is not null)
            _losses.AddRange(Checkpoint.Losses);
        DeviceSeconds = Checkpoint?.DeviceSeconds ?? 0;
    }

    /// <summary>Forgets the checkpoint, and what happened before it.</summary>
    public void StartOver() => (Checkpoint, Divergence) = (null, null);

    /// <summary>Goes back to the last good checkpoint, to go on from there with half the step size.</summary>
    public JobDivergence StepSmaller(int iteration, double loss) =>
        Divergence = new JobDivergence
        {
            Iteration = iteration,
            Loss = loss,
            RestartedFrom = Checkpoint?.Iteration ?? 0,
            StepScale = SmallerStep,
        };

    /// <summary>Records a loss.</summary>
    /// <returns>False where it says that the search has diverged: it is not finite, or a thousand times the first.</returns>
    public bool Record(int iteration, double loss)
    {
        _losses.Add(new LossPoint(iteration, loss));
        return IsSound(loss);
    }

    /// <summary>Whether a loss is one to go on from.</summary>
    public bool IsSound(double loss) => double.IsFinite(loss) && (_losses.Count == 0 || loss <= Exploded * _losses[0].Loss);

    /// <summary>Makes the engine's state the job's checkpoint.</summary>
    public void Keep(int iteration, int width, byte[] state) => Checkpoint = Snapshot(iteration, width, state);

    /// <summary>How far it is, for those who watch.</summary>
    public JobPreview Preview(int iteration, int iterations) =>
        new()
        {
            Iteration = iteration,
            Iterations = iterations,
            Losses = _losses.ToImmutable(),
        };

    /// <summary>The job as it stands.</summary>
    public JobCheckpoint Snapshot(int iteration, int width, byte[] state) =>
        new()
        {
            Iteration = iteration,
            Width = width,
            Losses = _losses.ToImmutable(),
            DeviceSeconds = DeviceSeconds,
            Divergence = Divergence,
            State = state,
        };
}
