namespace PmSFC.Silo.Workloads;

/// <summary>At which iterations a run's loss is read, which makes the host wait for the device: 200 at most, the first and last among them.</summary>
/// <remarks>It depends on the number of iterations alone, so a run that was interrupted has the points of one that was not.</remarks>
internal readonly record struct LossSchedule(int Iterations)
{
    private const int MostPoints = 200;

    private int Stride => Math.Max(1, (Iterations + MostPoints - 3) / (MostPoints - 2));

    /// <summary>Whether the loss is read after so many iterations.</summary>
    public bool Includes(int iteration) => iteration == 1 || iteration == Iterations || iteration % Stride == 0;
}
