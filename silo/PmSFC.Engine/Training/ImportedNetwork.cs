using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>A network that was read from a file of weights.</summary>
/// <param name="Settings">Those of its kind's settings that say how large it is, as <see cref="TrainedNetwork.Settings"/> has them for a trained one.</param>
/// <param name="Weights">A safetensors file with the names under which a training of the kind stores its weights.</param>
/// <param name="Note">What a user should know of what was read, a sentence; null where the file holds the network alone under its own names.</param>
public sealed record ImportedNetwork(ResolvedSettings Settings, ReadOnlyMemory<byte> Weights, string? Note = null);
