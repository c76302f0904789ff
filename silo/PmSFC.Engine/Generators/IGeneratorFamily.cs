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

    /// <summary>The architecture of a generator whose card has these sizes.</summary>
    /// <param name="latentSize">Length of a latent code.</param>
    /// <param name="channels">Output channels of every block.</param>
    /// <exception cref="ArgumentException">No generator of the family has such sizes.</exception>
    GeneratorArchitecture Describe(int latentSize, IReadOnlyList<int> channels);
}
