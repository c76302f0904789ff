using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Metrics.Weights;

namespace PmSFC.Engine.Metrics;

/// <summary>A metric that needs weights or parameters, which the product does not bring along.</summary>
public interface IWeightedMetric : IMetricDescription
{
    /// <summary>Loads what it needs.</summary>
    /// <exception cref="MissingWeightsException">The folder lacks a file, which the message names.</exception>
    /// <exception cref="CheckpointException">Files are damaged or hold something else.</exception>
    LoadedMetric Load(WeightsFolder folder);
}
