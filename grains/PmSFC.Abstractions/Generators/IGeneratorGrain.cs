namespace PmSFC.Abstractions.Generators;

/// <summary>One imported generator; the key is its id.</summary>
[Alias("pmsfc.IGeneratorGrain")]
public interface IGeneratorGrain : IGrainWithStringKey
{
    /// <summary>The generator's card, or null where the store has none of this id.</summary>
    [Alias("GetCard")]
    Task<GeneratorCard?> GetCard();
}
