namespace PmSFC.Engine.Subspaces;

/// <summary>How the norms of Eq. 5 add up; the paper does not say.</summary>
public enum CoefficientNorm
{
    /// <summary>Squared differences are summed over the entries of a code's maps or image and averaged over codes; |S| is summed.</summary>
    Sum,

    /// <summary>
    /// Every term is the mean over its entries: N·C·h·w of the maps, N·3·H·W of the images, C² of S. The features' term shrinks by C·h·w
    /// and that of S by C², so that μ weighs S against the features h·w/C times as much as with sums.
    /// </summary>
    Mean,
}
