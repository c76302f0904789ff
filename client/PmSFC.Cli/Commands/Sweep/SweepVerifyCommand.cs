using PmSFC.Cli.Failures;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using PmSFC.Silo.Verifying;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep verify</c>: whether everything that a sweep has stored is what it was.</summary>
internal sealed class SweepVerifyCommand(CliHost host, GlobalOptions options)
    : StoredSweepCommand(
        "verify",
        "Hash everything that a sweep has stored again, and name what is damaged, missing or foreign; nothing is changed",
        host,
        options
    )
{
    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var plan = await FindPlanAsync(invocation, store);
        var verification = await new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(
            plan,
            new ImageCountView(invocation, plan, "checked"),
            invocation.CancellationToken
        );
        var isWell = verification.Findings.IsEmpty;
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
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
                        finding.Fault.Artifact,
                        finding.Fault.Kind,
                        finding.Fault.Problem,
                        finding.Of,
                        finding.Remedy,
                    }),
                    Advice = ResultMending.Advice(invocation, plan, verification.Findings),
                }
            );
            return isWell ? ExitCode.Done : ExitCode.Failed;
        }

        foreach (var finding in verification.Findings)
            invocation.Say($"{finding.Fault.Kind.ToString().ToLowerInvariant()}: {finding.Fault.Sentence} ({finding.Of}).");
        invocation.Say(
            $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}': {Amounts.Count(verification.Checked, "artifact")} of {Amounts.Count(verification.Jobs, "job")} checked, "
                + (isWell ? "all as they were stored." : $"{verification.Findings.Length} not as they should be.")
        );
        if (verification.Unfinished > 0)
            invocation.Say($"{Amounts.Count(verification.Unfinished, "job")} not finished yet, which is no fault.");
        if (verification.Unsealed > 0)
            invocation.Say(
                $"{Amounts.Count(verification.Unsealed, "result")} of an earlier version without a seal: picture and metrics are proven by each other and the target; losses and codes could only be read."
            );
        foreach (var advice in ResultMending.Advice(invocation, plan, verification.Findings))
            invocation.Say(advice);
        return isWell ? ExitCode.Done : ExitCode.Failed;
    }
}
