using System.Text;
using System.Text.Json;

namespace PmSFC.Storage.Tests.Proofs;

public class ArtifactSealTests
{
    private static readonly byte[] Json = "{\n \"value\": 1.5,\n \"text\": \"seal\"\n}"u8.ToArray();

    private static readonly byte[] Sealed = ArtifactSeal.Close(
        Json,
        ("picture.png", new byte[] { 1, 2, 3 }),
        ("codes.bin", new byte[] { 4 })
    );

    [Fact]
    public void Close_Json_StaysTheSameJsonForReadersThatDoNotKnowSeals()
    {
        using var json = JsonDocument.Parse(Sealed);

        json.RootElement.GetProperty("value").GetDouble().ShouldBe(1.5);
        json.RootElement.GetProperty("text").GetString().ShouldBe("seal");
        // printf '\001\002\003' | sha256sum
        json.RootElement.GetProperty("files")
            .GetProperty("picture.png")
            .GetString()
            .ShouldBe("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
    }

    [Fact]
    public void Of_WhatWasClosed_IsIntactAndProvesItsFiles()
    {
        var seal = ArtifactSeal.Of(Sealed);

        seal.State.ShouldBe(SealState.Intact);
        seal.Proves("picture.png", [1, 2, 3]).ShouldBe(true);
        seal.Proves("picture.png", [1, 2, 4]).ShouldBe(false);
        seal.Proves("other.png", [1, 2, 3]).ShouldBeNull();
        ArtifactSeal.Of(ArtifactSeal.Close(Json)).State.ShouldBe(SealState.Intact);
    }

    [Fact]
    public void Of_WithoutASeal_SaysSo() => ArtifactSeal.Of(Json).State.ShouldBe(SealState.None);

    [Fact]
    public void Of_AnyBitFlipped_IsBroken()
    {
        for (var bit = 0; bit < 8 * Sealed.Length; bit++)
        {
            var flipped = Sealed.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            ArtifactSeal.Of(flipped).State.ShouldBe(SealState.Broken, $"bit {bit}: {Encoding.UTF8.GetString(flipped)}");
        }
    }
}
