namespace PmSFC.Engine.Subspaces;

/// <summary>Clusters of points.</summary>
/// <param name="Labels">The cluster of each point.</param>
/// <param name="Inertia">Sum of squared distances between points and their cluster's mean.</param>
internal sealed record KMeansResult(int[] Labels, double Inertia);
