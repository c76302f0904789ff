using System.Text;
using System.Text.Json;
using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class SubspaceSetTests
{
    private static readonly SubspaceSet Set = new()
    {
        Method = "self-expressive",
        SplitLayer = 3,
        Labels = [0, 1, 0],
        Sizes = [2, 1],
        ShareInside = 0.1 + 0.2,
        ShareByChance = 0.25,
        LargestShareByChance = 0.28,
        ShareShuffled = 0.27,
        LargestShareShuffled = 0.29,
        LossHistory = [new(1, 1f / 3, 2, 3), new(10, 0.5f, 1, 2)],
        Settings = new Dictionary<string, string> { ["split"] = "3" },
        Seed = long.MaxValue,
        Coefficients = [0, 1, -3, 0, 0, 0, 1, 4, 0],
    };

    [Fact]
    public void FromJson_OfToJson_IsTheSameButForTheCoefficients()
    {
        var json = Set.ToJson();
        var read = SubspaceSet.FromJson(json);

        read.ToJson().ShouldBe(json);
        read.ShouldBe(
            Set with
            {
                Labels = read.Labels,
                Sizes = read.Sizes,
                LossHistory = read.LossHistory,
                Settings = read.Settings,
                Coefficients = null,
            }
        );
        read.Labels.ShouldBe(Set.Labels);
        read.Sizes.ShouldBe(Set.Sizes);
        read.LossHistory.ShouldBe(Set.LossHistory);
        read.Settings.ShouldBe(Set.Settings);
    }

    [Fact]
    public void FromJson_SetOfAnEarlierVersion_HasNoShareOfShuffledAffinities()
    {
        var json = Encoding.UTF8.GetString((Set with { ShareShuffled = null, LargestShareShuffled = null }).ToJson());

        json.ShouldNotContain("huffled");
        SubspaceSet.FromJson(Encoding.UTF8.GetBytes(json)).ShareShuffled.ShouldBeNull();
    }

    [Fact]
    public void OrderedAffinity_Coefficients_StandSubspaceBySubspace() =>
        Set.OrderedAffinity()
            .ShouldBe(
                new[,]
                {
                    { 0f, 2, 0.5f },
                    { 2, 0, 2 },
                    { 0.5f, 2, 0 },
                }
            );

    [Theory]
    [InlineData("\"sizes\": [\n  2,\n  1\n ]", "\"sizes\": [\n  1,\n  2\n ]")]
    [InlineData("\"labels\": [\n  0,", "\"labels\": [\n  7,")]
    [InlineData("\"labels\"", "\"lables\"")]
    public void FromJson_Contradictions_AreRefused(string text, string replacement)
    {
        var json = Encoding.UTF8.GetString(Set.ToJson());
        json.ShouldContain(text);

        Should.Throw<JsonException>(() => SubspaceSet.FromJson(Encoding.UTF8.GetBytes(json.Replace(text, replacement))));
    }
}
