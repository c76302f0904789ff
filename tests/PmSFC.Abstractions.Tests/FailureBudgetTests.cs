using PmSFC.Abstractions.Sweeps;

namespace PmSFC.Abstractions.Tests;

public sealed class FailureBudgetTests
{
    [Theory]
    [InlineData("0", 100, 0)]
    [InlineData("5", 3, 5)]
    [InlineData("10%", 60, 6)]
    [InlineData("10 %", 19, 1)]
    [InlineData("0%", 1000, 0)]
    [InlineData("100%", 2_000_000_000, 2_000_000_000)]
    public void Of_ParsedText_IsTheNumberOfJobs(string text, int jobs, int expected)
    {
        FailureBudget.TryParse(text, out var budget).ShouldBeTrue();
        budget!.Of(jobs).ShouldBe(expected);
        FailureBudget.TryParse(budget.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(budget);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("101%")]
    [InlineData("5%%")]
    [InlineData("%5")]
    [InlineData("99999999999")]
    public void TryParse_NoBudget_IsFalse(string text) => FailureBudget.TryParse(text, out _).ShouldBeFalse();
}
