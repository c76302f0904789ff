using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Reports;
using PmSFC.Client.Sweeps;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Commands.Sweep;

/// <summary><c>sweep compare</c>: two sweeps row by row and image by image, and whether the second keeps gates.</summary>
internal sealed class SweepCompareCommand : CliCommand
{
    private readonly ValueArgument<string> _a = new("a", ValueKinds.Text)
    {
        Description = $"the sweep that is subtracted: the beginning of its id, or '{SweepClient.Latest}'",
    };

    private readonly ValueArgument<string> _b = new("b", ValueKinds.Text)
    {
        Description = "the sweep that is judged, named in the same way",
    };
    private readonly ListOption<Gate> _gates = GateOption.Create();

    private readonly ValueOption<string> _junit = new("--junit", ValueKinds.Path)
    {
        Description = "write the gates' verdicts as JUnit XML",
        HelpName = "file",
    };

    private readonly ValueOption<string> _csv = new("--csv", ValueKinds.Path)
    {
        Description = "write every difference as CSV",
        HelpName = "file",
    };

    private readonly ValueOption<string> _otherStore = new("--other-store", ValueKinds.StoreLocation)
    {
        Description = "the store that B is in [default: the one that A is in]",
        HelpName = "location",
    };

    /// <summary>Makes the command.</summary>
    public SweepCompareCommand(CliHost host, GlobalOptions options)
        : base("compare", "Compare two sweeps row by row and image by image; gates make a regression an exit code", host, options)
    {
        Add(_a);
        Add(_b);
        Add(_gates);
        Add(_junit);
        Add(_csv);
        Add(_otherStore);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var gates = invocation.Value(_gates) ?? [];
        if (invocation.Value(_junit) is not null && gates.Length == 0)
            throw new BadInputException("--junit writes the verdicts of gates, and there is none; add one with --gate.");
        var storeOfA = invocation.OpenStoreToRead();
        var storeOfB = invocation.Value(_otherStore) is { } location ? invocation.OpenStoreToRead(location) : storeOfA;
        var a = await new StoredSweeps(invocation, storeOfA).ReadTableAsync(invocation.Value(_a));
        var b = await new StoredSweeps(invocation, storeOfB).ReadTableAsync(invocation.Value(_b));
        if (storeOfA.Description == storeOfB.Description && a.Plan.Id == b.Plan.Id)
            throw new BadInputException($"Both are sweep {a.Plan.Id}, which does not differ from itself; name two sweeps.");
        var comparison = new SweepComparison(a, b, MetricColumns.All);
        var review = gates.Length == 0 ? null : new GateReview(comparison, gates);
        if (invocation.Value(_csv) is { } csv)
            await WriteAsync(csv, System.Text.Encoding.UTF8.GetBytes(comparison.ToCsv()), invocation.CancellationToken);
        if (invocation.Value(_junit) is { } junit)
            await WriteAsync(junit, JUnitReport.Write(review!, invocation.Host.Time.GetUtcNow()), invocation.CancellationToken);
        new ComparisonPrinter(invocation).Tell(comparison, review);
        return review is { Passed: false } ? ExitCode.GateFailed : ExitCode.Done;
    }

    private static Task WriteAsync(string path, byte[] content, CancellationToken cancellationToken) =>
        Directory.Exists(path)
            ? throw new BadInputException($"{path} is a folder, where a file is to be written; name a file.")
            : AtomicFile.WriteAsync(path, content, cancellationToken);
}
