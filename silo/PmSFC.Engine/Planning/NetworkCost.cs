namespace PmSFC.Engine.Planning;

/// <summary>What one pass of a network over one image (or code) takes.</summary>
/// <param name="SavedElements">Numbers kept for the backward pass.</param>
/// <param name="LargestElements">Numbers in its largest map.</param>
/// <param name="MultiplyAdds">Of the forward pass.</param>
public readonly record struct NetworkCost(double SavedElements, double LargestElements, double MultiplyAdds)
{
    /// <summary>Two networks one after the other.</summary>
    public static NetworkCost operator +(NetworkCost a, NetworkCost b) =>
        new(a.SavedElements + b.SavedElements, Math.Max(a.LargestElements, b.LargestElements), a.MultiplyAdds + b.MultiplyAdds);

    /// <summary>The same network over several images at once.</summary>
    public static NetworkCost operator *(NetworkCost cost, double count) =>
        new(cost.SavedElements * count, cost.LargestElements * count, cost.MultiplyAdds * count);
}
