namespace PmSFC.Engine.Costs;

/// <summary>What a method's model of one image takes, the loss not counted.</summary>
/// <param name="Cost">Of the pass that makes the image, or all of its candidates.</param>
/// <param name="Parameters">Numbers that are optimized.</param>
/// <param name="Candidates">Images that the loss compares with one target.</param>
public sealed record ModelPlan(NetworkCost Cost, double Parameters, int Candidates = 1)
{
    /// <summary>How the images of a batch go through <see cref="Cost"/>.</summary>
    public ImageOrder Order { get; init; }

    /// <summary>Of a pass at another time whose images are compared without a perceptual network; nothing where the method has no such pass.</summary>
    public NetworkCost PixelsOnly { get; init; }

    /// <summary>Numbers that the model keeps for each image and does not optimize.</summary>
    public double Constants { get; init; }

    /// <summary>Numbers of its codes where these are others than all that it optimizes and its constants; otherwise <see langword="null"/>.</summary>
    public double? Codes { get; init; }

    /// <summary>Numbers that the model keeps once for all images.</summary>
    public double Shared { get; init; }
}
