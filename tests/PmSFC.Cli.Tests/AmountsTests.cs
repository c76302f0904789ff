using PmSFC.Abstractions.Preparations;
using PmSFC.Cli.Progress;
using PmSFC.Client.Progress;

namespace PmSFC.Cli.Tests;

public sealed class AmountsTests
{
    [Theory]
    [InlineData(0.4, "0 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7800, "2 h 10 min")]
    [InlineData(345600, "4 days")]
    public void Duration_Seconds_ReadsWell(double seconds, string text) => Amounts.Duration(TimeSpan.FromSeconds(seconds)).ShouldBe(text);

    [Fact]
    public void Duration_Unknown_IsAQuestionMark() => Amounts.Duration(null).ShouldBe("?");

    [Fact]
    public void Who_OfAReason_IsHowManyJobsOrWhatIsPrepared()
    {
        Amounts.Who(new WaitingReason("", 1)).ShouldBe("1 job");
        Amounts.Who(new WaitingReason("", 12)).ShouldBe("12 jobs");
        Amounts.Who(new WaitingReason("", 0, PreparationKinds.Network)).ShouldBe("training a network");
    }
}
