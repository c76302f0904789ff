using PmSFC.Engine.Safetensors;

namespace PmSFC.Engine.Metrics.Weights;

/// <summary>A metric that needs weights or parameters, which the product does not bring along.</summary>
public interface IWeightedMetric : IMetricDescription
{
    /// <summary>Loads what it needs.</summary>
    /// <exception cref="MissingWeightsException">The folder lacks a file, which the message names.</exception>
    /// <exception cref="CheckpointException">Files are damaged or hold something else.</exception>
    LoadedMetric Load(WeightsFolder folder);
}
