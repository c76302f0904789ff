namespace PmSFC.Client.Sweeps;

/// <summary>What one row of a plan asks for.</summary>
public sealed record CellForecast
{
    /// <summary>The row's name.</summary>
    public required string Label { get; init; }

    /// <summary>Jobs in all.</summary>
    public required int Jobs { get; init; }

    /// <summary>Jobs whose results are stored.</summary>
    public required int Done { get; init; }

    /// <summary>Iterations of each job.</summary>
    public required int Iterations { get; init; }

    /// <summary>Predicted memory of one job, in bytes.</summary>
    public required long BytesPerJob { get; init; }

    /// <summary>Predicted size of the codes that each job stores, in bytes; 0 where it has none.</summary>
    public long CodesBytes { get; init; }

    /// <summary>Predicted memory of the training of its network, in bytes; 0 where it needs none or the network is stored.</summary>
    public required long TrainingBytes { get; init; }

    /// <summary>Predicted memory of the discovery of its subspaces, in bytes; 0 where it needs none or the set is stored.</summary>
    public required long DiscoveryBytes { get; init; }

    /// <summary>Predicted memory of the largest of its other preparations that are not stored, in bytes; 0 where there is none.</summary>
    public long PreparationBytes { get; init; }

    /// <summary>The most memory that work takes which its missing results wait for, in bytes; 0 where all are stored.</summary>
    public long BytesLeft => Done == Jobs ? 0 : new[] { BytesPerJob, TrainingBytes, DiscoveryBytes, PreparationBytes }.Max();

    /// <summary>Predicted multiply-adds of what is not done, forward and backward.</summary>
    public required double MultiplyAddsLeft { get; init; }
}
