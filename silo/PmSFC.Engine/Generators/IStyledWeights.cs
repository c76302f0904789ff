namespace PmSFC.Engine.Generators;

/// <summary>The weights of a generator with styles, which can be had to draw in another way.</summary>
public interface IStyledWeights : IGeneratorWeights
{
    /// <summary>Whether the file says how strong the noise of each block is; without, no image can have noise.</summary>
    bool HasNoiseStrengths { get; }

    /// <summary>How the generator draws, in words such as <c>truncation 0.7, no noise</c>; null where nothing is to be said.</summary>
    string? Drawing { get; }

    /// <summary>The same generator, drawing in another way.</summary>
    /// <exception cref="ArgumentException">It is to have noise, but no strengths of it; or the truncation is out of range.</exception>
    IStyledWeights With(DrawingOptions options);
}
