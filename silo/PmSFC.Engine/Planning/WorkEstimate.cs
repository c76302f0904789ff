namespace PmSFC.Engine.Planning;

/// <summary>What a batch takes.</summary>
/// <param name="Bytes">
/// Most bytes that tensors hold at one time, weights included: what a device's allocator has given out and not got back. The allocator takes more from
/// the system, since it keeps freed blocks, and the libraries have their own footprint; a device's capacity leaves room for both.
/// </param>
/// <param name="MultiplyAddsPerIteration">Forward and backward.</param>
public readonly record struct WorkEstimate(long Bytes, double MultiplyAddsPerIteration);
