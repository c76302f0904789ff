using System.Text.Json;
using PmSFC.Abstractions.Json;
using PmSFC.Abstractions.Preparations;
using PmSFC.Storage;

namespace PmSFC.Silo.Workloads;

/// <summary>The card of a preparation: its spec, sealed together with its content.</summary>
internal static class PreparationCard
{
    /// <summary>Name of the content in the card's folder.</summary>
    public const string ContentFile = "content.safetensors";

    /// <summary>The card.</summary>
    public static byte[] Write(PreparationSpec spec, ReadOnlyMemory<byte> content) =>
        ArtifactSeal.Close(ArtifactJson.Write(spec), (ContentFile, content));

    /// <summary>Whether a card is intact and that of the preparation of the id.</summary>
    public static bool IsOf(ReadOnlySpan<byte> card, string id)
    {
        try
        {
            return ArtifactSeal.Of(card).State == SealState.Intact && ArtifactJson.Read<PreparationSpec>(card).Id == id;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
