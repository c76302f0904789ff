namespace PmSFC.Silo.Devices;

/// <summary>A device of a silo and how its worker behaves.</summary>
public sealed record DeviceOptions
{
    /// <summary>Bytes of the process for one byte that a tensor holds, at most.</summary>
    public const int AllocatorFactor = 2;

    /// <summary>Least iterations between two previews: one takes less than an iteration, so that this many of them bound the cost well below 1 %.</summary>
    public const int PreviewIterations = 150;

    /// <summary>The device as libtorch names it: <c>cpu</c> or <c>cuda:0</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Its model, for people; null for a CPU.</summary>
    public string? Model { get; init; }

    /// <summary>Threads that tensor operations of a CPU device use.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// What the tensors of a batch may take at one time as planning counts it, in bytes; null for half of what the process may use. The other half
    /// is for what the allocator keeps of freed blocks, images, and the process itself.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Most jobs of a batch.</summary>
    public int MaximumBatch { get; init; } = 8;

    /// <summary>Most time of work that a killed silo loses.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two previews of a running inversion, or <see cref="CheckpointInterval"/> where that is less; more where <see cref="PreviewIterations"/> take longer.</summary>
    public TimeSpan PreviewInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two reports of progress.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after the first time that the pool has no work; it doubles up to <see cref="LongestPoll"/>.</summary>
    public TimeSpan ShortestPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two questions to an empty pool.</summary>
    public TimeSpan LongestPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the device's thread may work without ending an iteration before it counts as hung; default 10 min. It must be longer than the slowest
    /// single piece of work: one iteration of the largest batch, or the evaluation after the last.
    /// </summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an artifact store may be away, or refuse this silo, before work that needs it fails with <c>StoreUnavailable</c>; default 5 min.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where it is, for people: the machine, and the silo where a machine may have several.</summary>
    public string Host { get; init; } = Environment.MachineName;

    /// <summary>The device for people, for example <c>cpu (2 threads) on host-1</c> or <c>cuda:0 (NVIDIA H200) on host-1</c>.</summary>
    public string Describe() => $"{Device} ({(Device == "cpu" ? $"{Threads} threads" : Model)}) on {Host}";

    /// <summary><see cref="MemoryBytes"/>, or its default.</summary>
    public long ResolveMemoryBytes() => MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / AllocatorFactor;
}
