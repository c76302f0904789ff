namespace PmSFC.Engine.Tasks;

/// <summary>The tasks that exist. A new one is a new file and one line here.</summary>
public static class TaskCatalog
{
    /// <summary>Every task.</summary>
    public static IReadOnlyList<IInversionTask> All { get; } =
    [new ReconstructionTask(), new ColorizationTask(), new SuperResolutionTask(), new InpaintingTask(), new DeblurringTask()];

    /// <summary>The task of a name; <see langword="null"/> where there is none.</summary>
    public static IInversionTask? Find(string name) => All.FirstOrDefault(task => task.Name == name);
}
