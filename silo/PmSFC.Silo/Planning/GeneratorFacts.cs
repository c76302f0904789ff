using PmSFC.Abstractions.Generators;
using PmSFC.Engine;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Silo.Generators;
using PmSFC.Storage;

namespace PmSFC.Silo.Planning;

/// <summary>What planning needs to know of a generator: sizes, no weights.</summary>
internal sealed record GeneratorFacts(GeneratorArchitecture Architecture, IPerceptualArchitecture? Perceptual)
{
    /// <summary>Reads a generator's card and its perceptual network's sizes.</summary>
    /// <returns>Null where the store has no such generator.</returns>
    public static async Task<GeneratorFacts?> ReadAsync(
        IArtifactStore store,
        EngineCatalog engine,
        string id,
        CancellationToken cancellationToken
    )
    {
        if (!ArtifactName.IsValid(ArtifactNames.GeneratorCard(id)))
            return null;
        if (await store.ReadAsync(ArtifactNames.GeneratorCard(id), cancellationToken) is not { } stored)
            return null;
        var card = ArtifactFormat.Read<GeneratorCard>(stored.Content.Span, ArtifactNames.GeneratorCard(id));
        var perceptualName = ArtifactNames.GeneratorPerceptual(id);
        IPerceptualArchitecture? perceptual = null;
        if (card.Perceptual is not null && await store.ReadAsync(perceptualName, cancellationToken) is { } network)
            perceptual = engine.Perceptual.Read(network.Content, perceptualName);
        return new GeneratorFacts(engine.Families.Describe(card), perceptual);
    }

    /// <summary>Whether settings ask for a perceptual network that the generator was not imported with; empty where they do not.</summary>
    public IEnumerable<SettingIssue> CheckPerceptual(ResolvedSettings settings)
    {
        if (PerceptualSetting.Bind(settings) is not { } chosen || Perceptual?.Find(chosen.Network) is not null)
            yield break;
        yield return new SettingIssue(
            PerceptualSetting.Name,
            $"'{PerceptualSetting.Name}' is {chosen.Network}, but the generator was imported {(Perceptual is { } other ? $"with {other.Name}" : "without one")}; "
                + $"use {(Perceptual is null ? "" : $"'{Perceptual.Name}' or ")}'{PerceptualSetting.None}' or import it again."
        );
    }
}
