using PmSFC.Abstractions.Generators;
using PmSFC.Storage;

namespace PmSFC.Grains.Generators;

/// <summary>One imported generator. Cards are written once, so one that was read stays true.</summary>
internal sealed class GeneratorGrain(IArtifactStore store) : Grain, IGeneratorGrain
{
    private GeneratorCard? _card;

    /// <inheritdoc/>
    public async Task<GeneratorCard?> GetCard()
    {
        var name = ArtifactNames.GeneratorCard(this.GetPrimaryKeyString());
        if (_card is null && await store.ReadAsync(name) is { } artifact)
            _card = ArtifactFormat.Read<GeneratorCard>(artifact.Content.Span, name);
        return _card;
    }
}
