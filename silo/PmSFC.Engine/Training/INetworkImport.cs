using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.Engine.Training;

/// <summary>A kind of network whose authors published weights, so that it need not be trained.</summary>
public interface INetworkImport : INetworkTraining
{
    /// <summary>Reads published weights.</summary>
    /// <param name="file">The tensors under their authors' names.</param>
    /// <param name="architecture">Sizes of the generator that the network will serve.</param>
    /// <exception cref="CheckpointException">The file holds another network, or one that does not fit the generator: one sentence says why.</exception>
    ImportedNetwork Read(StateDict file, GeneratorArchitecture architecture);
}
