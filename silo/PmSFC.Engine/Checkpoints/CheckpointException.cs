namespace PmSFC.Engine.Checkpoints;

/// <summary>A file of weights, codes or optimizer state that cannot be used. The message names the file and says why, in one sentence.</summary>
public sealed class CheckpointException(string message, Exception? inner = null) : Exception(message, inner);
