using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Sweeps;
using PmSFC.Engine;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Verifying;

namespace PmSFC.Cli.Commands;

/// <summary><c>sweep verify</c>: whether everything that a sweep has stored is what it was.</summary>
internal sealed class SweepVerifyCommand : CliCommand
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    private readonly ValueArgument<string> _sweep = new("sweep", ValueKinds.Text)
    {
        Description = "the beginning of its id, or 'latest'", DefaultValueFactory = _ => SweepClient.Latest,
    };

    /// <summary>Makes the command.</summary>
    public SweepVerifyCommand(CliHost host, GlobalOptions options)
        : base("verify", "Hash everything that a sweep has stored again, and name what is damaged, missing or foreign; nothing is changed", host, options) =>
        Add(_sweep);

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var plan = await StoredSweeps.In(store, invocation.Host.Time).FindPlanAsync(invocation.Value(_sweep), invocation.CancellationToken);
        var verification = await new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(plan, new Lines(invocation, plan), invocation.CancellationToken);
        var isWell = verification.Findings.IsEmpty;
        if (invocation.Json)
        {
            invocation.Lines.Write(new
            {
                Event = "verified",
                Sweep = plan.Id,
                plan.Name,
                Well = isWell,
                verification.Jobs,
                verification.Unfinished,
                verification.Checked,
                verification.Unsealed,
                Findings = verification.Findings.Select(finding => new
                {
                    finding.Fault.Artifact, finding.Fault.Kind, finding.Fault.Problem, finding.Of, finding.Remedy,
                }),
                Advice = ResultMending.Advice(invocation, plan, verification.Findings),
            });
            return isWell ? ExitCode.Done : ExitCode.Failed;
        }

        foreach (var finding in verification.Findings)
            invocation.Say($"{finding.Fault.Kind.ToString().ToLowerInvariant()}: {finding.Fault.Sentence} ({finding.Of}).");
        invocation.Say(
            $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}': {Amounts.Count(verification.Checked, "artifact")} of {Amounts.Count(verification.Jobs, "job")} checked, "
            + (isWell ? "all as they were stored." : $"{verification.Findings.Length} not as they should be."));
        if (verification.Unfinished > 0) invocation.Say($"{Amounts.Count(verification.Unfinished, "job")} not finished yet, which is no fault.");
        if (verification.Unsealed > 0)
            invocation.Say(
                $"{Amounts.Count(verification.Unsealed, "result")} of an earlier version without a seal: picture and metrics are proven by each other and the target; losses and codes could only be read.");
        foreach (var advice in ResultMending.Advice(invocation, plan, verification.Findings)) invocation.Say(advice);
        return isWell ? ExitCode.Done : ExitCode.Failed;
    }

    private sealed class Lines(Invocation invocation, SweepPlan plan) : IProgress<int>
    {
        private long _last = invocation.Host.Time.GetTimestamp();

        public void Report(int value)
        {
            if (invocation.Host.Time.GetElapsedTime(_last) < BetweenLines) return;
            _last = invocation.Host.Time.GetTimestamp();
            invocation.Say($"{value} of {Amounts.Count(plan.Images.Length, "image")} checked.");
        }
    }
}
