namespace PmSFC.Engine.Costs;

/// <summary>
/// What the passes of a part of a network over one image (or code) take. Parts are added in the order of the forward pass, <c>a + b</c> for a before b:
/// while b is passed in either direction, what a has saved is there, and the backward pass frees what a part has saved before it comes to the one before.
/// </summary>
/// <param name="SavedElements">Numbers that it keeps from its forward to its backward pass.</param>
/// <param name="PeakElements">
/// Most numbers that it holds at one time in either pass: what it has saved so far, gradients, and what its operations need meanwhile; its input not.
/// </param>
/// <param name="MultiplyAdds">Of the forward pass.</param>
public readonly record struct NetworkCost(double SavedElements, double PeakElements, double MultiplyAdds)
{
    /// <summary>One part after another.</summary>
    public static NetworkCost operator +(NetworkCost a, NetworkCost b) =>
        new(a.SavedElements + b.SavedElements, Math.Max(a.PeakElements, a.SavedElements + b.PeakElements), a.MultiplyAdds + b.MultiplyAdds);

    /// <summary>The same part over several images at once.</summary>
    public static NetworkCost operator *(NetworkCost cost, double count) =>
        new(cost.SavedElements * count, cost.PeakElements * count, cost.MultiplyAdds * count);

    /// <summary>The same part over several images one after another, all forward and then all backward.</summary>
    public NetworkCost Repeat(int count) =>
        new(SavedElements * count, count == 0 ? 0 : SavedElements * (count - 1) + PeakElements, MultiplyAdds * count);
}
