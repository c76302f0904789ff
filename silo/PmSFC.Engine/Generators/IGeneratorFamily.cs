using PmSFC.Engine.Perceptual;

namespace PmSFC.Engine.Generators;

/// <summary>A kind of generator: how its files are laid out, and what its sizes mean. Stateless.</summary>
public interface IGeneratorFamily
{
    /// <summary>Its name on cards; part of stored files, so never changed.</summary>
    string Name { get; }

    /// <summary>The name that people read.</summary>
    string Title { get; }

    /// <summary>How its files name and scale their tensors.</summary>
    IReadOnlyList<IGeneratorLayout> Layouts { get; }

    /// <summary>Networks that are trained with its generators and can serve as V of Eq. 8, such as discriminators.</summary>
    IReadOnlyList<IPerceptualFormat> Perceptual => [];

    /// <summary>The architecture of a generator whose card has these sizes.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block.</param>
    /// <param name="sizes">Its <see cref="GeneratorArchitecture.FamilySizes"/>.</param>
    /// <exception cref="ArgumentException">No generator of the family has such sizes.</exception>
    GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels, IReadOnlyDictionary<string, int> sizes);
}
