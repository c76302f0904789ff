namespace PmSFC.Engine.Subspaces;

/// <summary>A discovery ended in coefficients that do not divide the channels. The message says how, and which setting to change.</summary>
public sealed class DegenerateAffinityException(string message) : Exception(message);
