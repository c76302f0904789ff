using System.Collections.Immutable;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Engine.Generators;

namespace PmSFC.Silo.Generators;

/// <summary>What the engine knows of a generator by its card.</summary>
public static class GeneratorCardExtensions
{
    // Cards from before there were families name none, and cards of this one still do not, so that they stay the same bytes.
    private const string UnnamedFamily = "pggan";

    /// <summary>The sizes of the generator that a card describes.</summary>
    /// <param name="families">The families that are known.</param>
    /// <param name="card">A stored card.</param>
    /// <exception cref="BadInputException">The card is of a family that is not known, or its sizes are none of its family.</exception>
    public static GeneratorArchitecture Describe(this GeneratorFamilies families, GeneratorCard card)
    {
        var name = card.Family ?? UnnamedFamily;
        var family = families.Find(name)
            ?? throw new BadInputException(
                $"The generator '{card.Name}' is of the family '{name}', which this version does not know ({string.Join(", ", families.All.Select(known => known.Name))}); "
                    + "use the version that imported it, or a later one."
            );
        try
        {
            return family.Describe(card.LatentSize, card.Channels, card.FamilySizes ?? ImmutableSortedDictionary<string, int>.Empty);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException($"The card of the generator '{card.Name}' has sizes that no {family.Title} has: {e.Message}");
        }
    }

    /// <summary>What a card says of a generator's family: nothing for the first one.</summary>
    internal static string? FamilyOnCard(this GeneratorArchitecture architecture) =>
        architecture.Family == UnnamedFamily ? null : architecture.Family;
}
