using System.Text;
using System.Text.Json;
using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Storage.Tests.Formats;

public sealed class ArtifactFormatTests
{
    [Theory]
    [InlineData("""{"format":2}""", 2)]
    [InlineData("""{"name":{"format":1},"list":[{"format":1}],"Format":3,"rest":""", 3)]
    public void Read_LaterFormat_IsRefusedInASentence(string json, int format)
    {
        var refusal = Should.Throw<StoreException>(() =>
            ArtifactFormat.Read<SweepPlan>(Encoding.UTF8.GetBytes(json), "sweeps/a/plan.json")
        );

        refusal.Kind.ShouldBe(StoreFailure.Newer);
        refusal.Message.ShouldBe(
            $"sweeps/a/plan.json is of format {format}, which a later version of this product wrote, and this one reads formats up to 1: use that version; nothing was changed."
        );
    }

    [Theory]
    [InlineData("""{"id":"i","name":"n"}""")]
    [InlineData("""{"format":1,"id":"i","name":"n"}""")]
    [InlineData("""{"about":{"format":2},"format":"PNG","id":"i","name":"n"}""")]
    public void Read_KnownFormat_IsRead(string json) =>
        ArtifactFormat.Read<ImageReference>(Encoding.UTF8.GetBytes(json), "a").ShouldBe(new ImageReference { Id = "i", Name = "n" });

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"format\"")]
    [InlineData("{\"id\":\"\\ud800\"}")]
    [InlineData("null")]
    public void Read_NoRecord_IsDamageAndNoLaterFormat(string json) =>
        Should.Throw<JsonException>(() => ArtifactFormat.Read<ImageReference>(Encoding.UTF8.GetBytes(json), "a"));
}
