using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Json;
using PmSFC.Storage;

namespace PmSFC.Grains.Generators;

/// <summary>One imported generator. Cards are written once, so one that was read stays true.</summary>
internal sealed class GeneratorGrain(IArtifactStore store) : Grain, IGeneratorGrain
{
    private GeneratorCard? _card;

    /// <inheritdoc/>
    public async Task<GeneratorCard?> GetCard()
    {
        if (_card is null && await store.ReadAsync(ArtifactNames.GeneratorCard(this.GetPrimaryKeyString())) is { } artifact)
            _card = ArtifactJson.Read<GeneratorCard>(artifact.Content.Span);
        return _card;
    }
}
