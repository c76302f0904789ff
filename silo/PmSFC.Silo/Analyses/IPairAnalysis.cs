using PmSFC.Engine.Inversion;
using PmSFC.Imaging;

namespace PmSFC.Silo.Analyses;

/// <summary>What can be shown of two inversions by the maps that their codes compose.</summary>
public interface IPairAnalysis
{
    /// <summary>Its name, in file names too.</summary>
    string Name { get; }

    /// <summary>What it needs of a method, as the verb of a sentence about one that fits.</summary>
    string Needs { get; }

    /// <summary>How a picture of it is read.</summary>
    string Legend { get; }

    /// <summary>Whether it can be made of a method's inversions.</summary>
    bool Fits(IFeatureComposingMethod method);

    /// <summary>The rows of its picture, all of one length.</summary>
    IReadOnlyList<IReadOnlyList<RgbImage>> Draw(InvertedPair pair);
}
