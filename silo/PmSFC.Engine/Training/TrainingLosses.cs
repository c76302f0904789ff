namespace PmSFC.Engine.Training;

/// <summary>The terms of a training's loss at one iteration, before they are weighted.</summary>
/// <param name="Iteration">Number of finished iterations; the terms are those that the last of them was computed from.</param>
/// <param name="Values">One number for each of <see cref="TrainedNetwork.Terms"/>.</param>
public sealed record TrainingLosses(int Iteration, IReadOnlyList<float> Values);
