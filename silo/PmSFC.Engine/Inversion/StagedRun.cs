using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Two searches one after the other, the second of which begins with what the first has found. A checkpoint is that of the search that is under way, and
/// its iteration tells which one that is.
/// </summary>
internal sealed class StagedRun : InversionRun
{
    private readonly OptimizationRun _first;
    private readonly Func<OptimizationRun> _begin;
    private readonly int _secondIterations;
    private OptimizationRun? _second;

    /// <param name="first">The first search; owned.</param>
    /// <param name="secondIterations">Iterations of the second.</param>
    /// <param name="begin">Begins the second from the present state of the first, with the first's iterations counted as done.</param>
    public StagedRun(OptimizationRun first, int secondIterations, Func<OptimizationRun> begin)
    {
        _first = first;
        _secondIterations = secondIterations;
        _begin = begin;
    }

    public override int Iteration => Current.Iteration;

    public override int Iterations => _first.Iterations + _secondIterations;

    public override int BatchSize => _first.BatchSize;

    private OptimizationRun Current => _second ?? _first;

    public override void Step()
    {
        if (_second is null && _first.IsFinished && _secondIterations > 0)
            _second = _begin();
        Current.Step();
    }

    public override float[] Losses() => Current.Losses();

    public override Tensor Reconstruct() => Current.Reconstruct();

    public override byte[] Checkpoint(int image) => Current.Checkpoint(image);

    public override byte[] Codes(int image) => Current.Codes(image);

    public override void Restore(IReadOnlyList<byte[]> checkpoints)
    {
        if (checkpoints.Count > 0 && CheckpointIteration(checkpoints[0]) > _first.Iterations)
            _second ??= _begin();
        else
            EndSecond();
        Current.Restore(checkpoints);
    }

    protected override void Dispose(bool disposing)
    {
        EndSecond();
        _first.Dispose();
    }

    private void EndSecond()
    {
        _second?.Dispose();
        _second = null;
    }
}
