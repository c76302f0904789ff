using PmSFC.Client.Gates;
using PmSFC.Client.Results;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Client.Tests.Gates;

public sealed class GateTests
{
    [Theory]
    [InlineData("psnr >= -0.1", "psnr >= -0.1")]
    [InlineData("  psnr>=-0.10 ", "psnr >= -0.1")]
    [InlineData("niqe<=0", "niqe <= 0")]
    [InlineData("psnr >= +0.5", "psnr >= 0.5")]
    public void Read_AGate_IsThatGate(string text, string expected)
    {
        Gate.Read(text, SampleSweep.Metrics, out var gate).ShouldBeNull();

        gate!.Text.ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "must be a metric")]
    [InlineData("psnr", "must be a metric")]
    [InlineData(">= 3", "must be a metric")]
    [InlineData("psrn >= 0", "there is no metric 'psrn'; did you mean 'psnr'?")]
    [InlineData("fidelity >= 0", "there is no metric 'fidelity'; the metrics are psnr, ssim, niqe")]
    [InlineData("psnr > -0.1", "'>' is none of its operators; write 'psnr >= -0.1'")]
    [InlineData("psnr == -0.1", "'==' is none of its operators")]
    [InlineData("psnr => -0.1", "'=>' is none of its operators; write 'psnr >= -0.1'")]
    [InlineData("psnr >=", "'' is not a number")]
    [InlineData("psnr >= -0,1", "'-0,1' is not a number")]
    [InlineData("psnr >= -1e-1", "'-1e-1' is not a number")]
    [InlineData("psnr >= NaN", "'NaN' is not a number")]
    [InlineData("psnr >= -∞", "'-∞' is not a number")]
    [InlineData("psnr >= 0.1 dB", "'0.1 dB' is not a number")]
    [InlineData("psnr <= 0.1", "a higher psnr is better, so that this would fail where B improves; write 'psnr >= 0.1'")]
    [InlineData("niqe >= -0.1", "a lower niqe is better, so that this would fail where B improves; write 'niqe <= -0.1'")]
    public void Read_NoGate_SaysWhatIsWrong(string text, string problem)
    {
        Gate.Read(text, SampleSweep.Metrics, out var gate).ShouldNotBeNull().ShouldStartWith(problem);

        gate.ShouldBeNull();
    }

    [Theory]
    [InlineData("psnr >= -0.1", -0.3, 0.1, true)]
    [InlineData("psnr >= -0.1", -0.3, 0.25, false)]
    [InlineData("psnr >= -0.1", -0.05, 0.01, false)]
    [InlineData("psnr >= -0.1", 5, 0.1, false)]
    [InlineData("niqe <= 0.1", 0.3, 0.1, true)]
    [InlineData("niqe <= 0.1", 0.3, 0.25, false)]
    [InlineData("niqe <= 0.1", -5, 0.1, false)]
    [InlineData("psnr >= 0", -1e-9, 0, true)]
    [InlineData("psnr >= 0", 0, 0, false)]
    public void IsBrokenBy_AnInterval_OnlyWhereTheIntervalExcludesTheGate(string text, double mean, double halfWidth, bool broken)
    {
        Gate.Read(text, SampleSweep.Metrics, out var gate);

        gate!.IsBrokenBy(new Estimate(mean, halfWidth, 60)).ShouldBe(broken);
    }
}
