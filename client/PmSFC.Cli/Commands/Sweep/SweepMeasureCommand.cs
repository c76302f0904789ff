using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Measuring;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep measure</c>: measures what stored results lack.</summary>
internal sealed class SweepMeasureCommand : StoredSweepCommand
{
    private readonly ValueOption<string> _weights = WeightsOption.Create();
    private readonly FlagOption _again = new("--again") { Description = "measure again what was measured with other weights" };

    /// <summary>Makes the command.</summary>
    public SweepMeasureCommand(CliHost host, GlobalOptions options)
        : base(
            "measure",
            "Measure the metrics that stored results lack, such as those that need weights; stored numbers are kept",
            host,
            options
        )
    {
        Add(_weights);
        Add(_again);
    }

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToAdd();
        using var metrics = EngineCatalog.BuiltIn.Metrics.Load(WeightsOption.Open(invocation, _weights));
        var plan = await FindPlanAsync(invocation, store);
        var otherWeights = invocation.Value(_again) ? OtherWeights.MeasureAgain : OtherWeights.Keep;
        var (summaries, findings) = await new SweepMeasuring(store, metrics, otherWeights).MeasureAsync(
            plan,
            new ImageCountView(invocation, plan, "measured"),
            invocation.CancellationToken
        );
        var code = findings.IsEmpty ? ExitCode.Done : ExitCode.Failed;
        var advice = ResultMending.Advice(invocation, plan, findings);
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "measured",
                    Sweep = plan.Id,
                    Metrics = summaries,
                    metrics.Missing,
                    Findings = findings,
                    Advice = advice,
                }
            );
            return code;
        }

        foreach (var summary in summaries)
        {
            invocation.Say($"{summary.Metric}: {summary.Measured} measured, {summary.Kept} stored before.");
            foreach (var reason in summary.Undefined)
                invocation.Say($"  {reason}");
            if (summary.KeptOfOtherWeights > 0)
                invocation.Say(
                    $"  {summary.KeptOfOtherWeights} of those stored before are of other weights; "
                        + "'sweep measure --again' with the same --weights measures them with these."
                );
        }

        foreach (var (metric, reason) in metrics.Missing)
            invocation.Say($"{metric}: not measured, {reason}.");
        foreach (var finding in findings)
            invocation.Say($"Not measured: {finding.Fault.Sentence} ({finding.Of}).");
        foreach (var sentence in advice)
            invocation.Say(sentence);
        if (!findings.IsEmpty)
            invocation.Say("Then measure again.");
        invocation.Say($"The report shows them: {invocation.Command("sweep", "report", Amounts.ShortId(plan.Id))}");
        return code;
    }
}
