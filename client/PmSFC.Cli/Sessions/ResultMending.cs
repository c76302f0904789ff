using System.Collections.Immutable;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Progress;
using PmSFC.Engine;
using PmSFC.Silo.Verifying;
using PmSFC.Storage;

namespace PmSFC.Cli.Sessions;

/// <summary>Checks what a sweep has stored before it is started, and has what is damaged made again.</summary>
internal static class ResultMending
{
    private const int Shown = 20;

    /// <summary>Sets aside what is damaged and says so; what only the user's files can bring back is said too.</summary>
    /// <returns>Whether everything is sound or is made again by a start.</returns>
    public static async Task<bool> MendAsync(Invocation invocation, IArtifactStore store, SweepPlan plan)
    {
        var verification = await new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(
            plan,
            cancellationToken: invocation.CancellationToken
        );
        if (
            verification.Findings.Any(finding => finding.Remedy == Remedy.ImportGenerator)
            && await BundledGenerator.MendAsync(invocation, store, plan.GeneratorId)
        )
            verification = await new SweepVerification(store, EngineCatalog.BuiltIn).VerifyAsync(
                plan,
                cancellationToken: invocation.CancellationToken
            );
        if (verification.Findings.IsEmpty)
            return true;
        var aside = await new SweepMending(store).SetAsideAsync(verification, invocation.CancellationToken);
        var left = verification.Findings.RemoveAll(finding => finding.Remedy == Remedy.Resume);
        var advice = Advice(invocation, plan, left);
        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "mended",
                    Sweep = plan.Id,
                    verification.Findings,
                    SetAside = aside,
                    Advice = advice,
                }
            );
        foreach (var finding in verification.Findings.Take(Shown))
            invocation.Say($"{finding.Fault.Sentence} ({finding.Of}).");
        if (verification.Findings.Length > Shown)
            invocation.Say($"... and {verification.Findings.Length - Shown} more; 'sweep verify' lists all.");
        if (aside.Length > 0)
            invocation.Say(
                $"{Amounts.Count(aside.Length, "artifact")} set aside under {ArtifactNames.SetAsides} in the store; what the sweep needs of them is made again."
            );
        foreach (var sentence in advice)
            invocation.Say(sentence);
        return left.IsEmpty;
    }

    /// <summary>What to do about findings: a sentence for each remedy.</summary>
    public static IEnumerable<string> Advice(Invocation invocation, SweepPlan plan, ImmutableArray<Finding> findings)
    {
        var remedies = findings.Select(finding => finding.Remedy).ToHashSet();
        if (remedies.Contains(Remedy.ImportGenerator))
            yield return "Import the generator's files again, with --perceptual, --truncation and --noise as it was imported: "
                + invocation.Command("generators", "import", "FILE", "--name", "NAME");
        if (remedies.Contains(Remedy.RunFromFiles))
            yield return $"Images and imported networks come back from your files with: {invocation.Command("sweep", "run", "FILE", "--images", "FOLDER")}";
        if (remedies.Contains(Remedy.Resume))
            yield return $"Mend it with: {invocation.Command("sweep", "resume", Amounts.ShortId(plan.Id))}";
    }
}
