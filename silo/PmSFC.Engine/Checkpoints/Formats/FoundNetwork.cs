namespace PmSFC.Engine.Checkpoints.Formats;

/// <summary>A network in a checkpoint.</summary>
/// <param name="Tensors">Its tensors under the names of its authors.</param>
/// <param name="Mark">Which of the tensors that were looked for it is known by.</param>
/// <param name="Prefix">What comes before those names in the file; perhaps empty.</param>
/// <param name="Note">What a user should know of what was read, a sentence; null where the file holds the network alone under its own names.</param>
public sealed record FoundNetwork(StateDict Tensors, int Mark, string Prefix, string? Note);
