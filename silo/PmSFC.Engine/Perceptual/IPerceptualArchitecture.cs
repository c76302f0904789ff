using PmSFC.Engine.Costs;

namespace PmSFC.Engine.Perceptual;

/// <summary>What is known of a perceptual network without its weights.</summary>
public interface IPerceptualArchitecture
{
    /// <summary>The name that settings and results give to it.</summary>
    string Name { get; }

    /// <summary>Numbers that its weights are made of.</summary>
    double Weights { get; }

    /// <summary>Width and height of the only images that it takes, pixels; null where it takes any.</summary>
    int? OnlyResolution { get; }

    /// <summary>The network that a setting's word means, of those that the same file of weights holds; null where it holds none of that name.</summary>
    IPerceptualArchitecture? Find(string name) => name == Name ? this : null;

    /// <summary>What one pass over one image takes.</summary>
    /// <param name="resolution">Width and height of the image, pixels.</param>
    NetworkCost Cost(int resolution);

    /// <summary>Numbers that it gives for one image.</summary>
    /// <param name="resolution">Width and height of the image, pixels.</param>
    double Features(int resolution);
}
