namespace PmSFC.Engine.Planning;

/// <summary>What a method's model of one image takes, the loss not counted.</summary>
/// <param name="Cost">Of the pass that makes the image, or all of its candidates.</param>
/// <param name="Parameters">Numbers that are optimized.</param>
/// <param name="Candidates">Images that the loss compares with one target.</param>
public sealed record ModelPlan(NetworkCost Cost, double Parameters, int Candidates = 1);
