using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Settings;

public sealed class TunedPresetsTests
{
    [Theory]
    [InlineData("pmsfc", "tuned-styles")]
    [InlineData("mganprior", "tuned-styles")]
    [InlineData("invertgennet", "tuned")]
    [InlineData("pti", "tuned")]
    public void Of_AGeneratorWithStyles_IsThePresetForThemWhereThereIsOne(string method, string expected)
    {
        var schema = EngineCatalog.BuiltIn.FindMethod(method)!.Settings;

        TunedPresets.Of(schema, RandomStyleGan2.Tiny).ShouldBe(expected);
        TunedPresets.Of(schema, RandomStyleGan1.Tiny).ShouldBe(expected);
        TunedPresets.Of(schema, RandomGenerator.Small).ShouldBe("tuned");
    }

    [Fact]
    public void Check_OfThePresetForStylesOnAGeneratorWithout_SaysWhatToSet()
    {
        var method = EngineCatalog.BuiltIn.FindMethod("pmsfc")!;

        method
            .Check(Resolve([]), RandomGenerator.Small)
            .ShouldHaveSingleItem()
            .Message.ShouldBe("'code-space' is w, but a generator of the family 'pggan' has no styles; set it to z.");
        method.Check(Resolve(new() { ["code-space"] = "z" }), RandomGenerator.Small).ShouldBeEmpty();

        ResolvedSettings Resolve(Dictionary<string, string> given) =>
            method.Settings.Resolve("tuned-styles", given).Settings.ShouldNotBeNull();
    }
}
