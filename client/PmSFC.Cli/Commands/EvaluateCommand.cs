using System.Collections.Immutable;
using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Evaluations;
using PmSFC.Client.Gates;
using PmSFC.Client.ImageSets;
using PmSFC.Client.Progress;
using PmSFC.Client.Results;
using PmSFC.Client.Specs;
using PmSFC.Client.Sweeps;
using PmSFC.Engine;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Measuring;
using PmSFC.Silo.Planning;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>evaluate SPEC</c>: a sweep of a generator, judged against the last earlier one of the same spec; for schedules.</summary>
internal sealed class EvaluateCommand : SpecCommand
{
    private readonly ValueOption<string> _generator = new("--generator", GeneratorFile.GeneratorKind)
    {
        Description =
            $"the generator, instead of the file's own: a name or id, or a file, which is imported: a path, store:<name> in the store, {BlobFile.Kinds}",
        HelpName = "generator",
    };

    private readonly ValueOption<string> _perceptual = new("--perceptual", GeneratorFile.Kind)
    {
        Description = "where the file of the generator's perceptual network is, for a generator that is imported",
        HelpName = "file",
    };

    private readonly ListOption<Gate> _gates = GateOption.Create();
    private readonly ValueOption<string> _weights = WeightsOption.Create();

    private readonly ValueOption<string> _out = new("--out", ValueKinds.Path)
    {
        Description = "a folder to write the report to, in addition to the store",
        HelpName = "folder",
    };

    /// <summary>Makes the command and the one below it.</summary>
    public EvaluateCommand(CliHost host, GlobalOptions options)
        : base(
            "evaluate",
            "Run a sweep, compare it with the last earlier one of the same spec, and store the report; exit code 4 where a gate fails",
            host,
            options
        )
    {
        Add(_generator);
        Add(_perceptual);
        Add(_gates);
        Add(_weights);
        Add(_out);
        Add(new List(host, options));
    }

    /// <inheritdoc/>
    public override bool OutlivesItsOutput => true;

    /// <inheritdoc/>
    protected override bool Computes => true;

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var (file, given) = ReadFile(invocation);
        var gates = GatesOf(invocation, file);
        var folder = invocation.Value(_out) is { } asked ? OutputFolder.Prepare(asked, EvaluationReport.Names) : null;
        var store = invocation.OpenStore();
        // A set that is not there is told before a large file is fetched.
        if (ImagesOf(invocation, file) is var images && ImageSetName.IsReference(images))
            await new ImageSetDirectory(store).FindAsync(ImageSetName.Of(images), invocation.CancellationToken);
        var card = await FindGeneratorAsync(invocation, store, file);
        var prepared = await PrepareAsync(invocation, store, file, given, card);
        var (table, code) = await RunSweepAsync(invocation, store, file, prepared);
        if (table is null)
            return code;
        if (WeightsOption.PathOf(invocation, _weights) is not null)
            table = await MeasureAsync(invocation, store, table);
        var record = await new EvaluationSession(invocation, store, gates, folder).CloseAsync(prepared.Spec, card, table);
        return record.Outcome == EvaluationOutcome.Failed ? ExitCode.GateFailed : code;
    }

    /// <summary>Runs what is missing of the sweep. Where nothing is, nothing is started and nothing written.</summary>
    /// <returns>The results, or null where it was interrupted; and the exit code that the sweep deserves.</returns>
    private static async Task<(SweepTable? Table, int Code)> RunSweepAsync(
        Invocation invocation,
        IArtifactStore store,
        SweepFile file,
        PreparedSweep prepared
    )
    {
        if (invocation.Cluster is null)
        {
            // A silo in this process writes to the store as soon as it starts, so what can be known without one is asked first.
            var outcome = await new EngineSweepPlanner(store, EngineCatalog.BuiltIn).PlanAsync(prepared.Spec, invocation.CancellationToken);
            if (await FindDoneAsync(SweepClient.PlanOf(outcome, file)) is { } stored)
                return (stored, ExitCode.Done);
        }

        await using var cluster = await ClusterSession.StartAsync(invocation, store);
        var plan = await cluster.Sweeps.PlanAsync(prepared.Spec, file, invocation.CancellationToken);
        if (await FindDoneAsync(plan) is { } done)
            return (done, ExitCode.Done);
        await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
        await prepared.StoreAsync(store, invocation.CancellationToken);
        var session = new SweepSession(invocation, cluster);
        var table = await session.RunAsync(plan);
        return (table, session.ExitCodeOf(table));

        async Task<SweepTable?> FindDoneAsync(SweepPlan plan)
        {
            if (await new StoredSweeps(invocation, store).ReadDoneAsync(plan) is not { } found)
                return null;
            // Brings back a target that the store has lost; nothing is written where it has all.
            await prepared.StoreAsync(store, invocation.CancellationToken);
            SweepSession.Announce(
                invocation,
                plan,
                new SweepProgress(plan, found.Jobs.Select(job => job.Id).ToHashSet(StringComparer.Ordinal), invocation.Host.Time)
            );
            return found;
        }
    }

    private ImmutableArray<Gate> GatesOf(Invocation invocation, SweepFile file)
    {
        ImmutableArray<Gate> gates = invocation.Value(_gates) is { Length: > 0 } given ? [.. given] : GateOption.Of(file);
        return
            gates.FirstOrDefault(gate => gate.Metric.NeedsWeights) is { } unmeasured && WeightsOption.PathOf(invocation, _weights) is null
            ? throw new BadInputException(
                $"The gate '{unmeasured.Text}' is on a metric that needs weights, and no folder of them is named; name it with --weights, or leave the gate out."
            )
            : gates;
    }

    private Task<GeneratorCard> FindGeneratorAsync(Invocation invocation, IArtifactStore store, SweepFile file)
    {
        var (generator, perceptual) = (invocation.Value(_generator), invocation.Value(_perceptual));
        if (generator is not null && GeneratorFile.IsFile(generator))
            return GeneratorFile.ImportAsync(invocation, store, generator, perceptual);
        return perceptual is null
            ? BundledGenerator.FindAsync(invocation, store, generator ?? file.Generator)
            : throw new BadInputException(
                $"--perceptual is for a generator that is imported, and '{generator ?? file.Generator}' is the name of one that the store has; name its file with --generator, or leave --perceptual out."
            );
    }

    private async Task<SweepTable> MeasureAsync(Invocation invocation, IArtifactStore store, SweepTable table)
    {
        using var metrics = EngineCatalog.BuiltIn.Metrics.Load(WeightsOption.Open(invocation, _weights));
        foreach (var (metric, reason) in metrics.Missing)
            invocation.Note($"{metric}: not measured, {reason}.");
        await new SweepMeasuring(store, metrics).MeasureAsync(table.Plan, cancellationToken: invocation.CancellationToken);
        return await SweepTable.ReadAsync(store, table.Plan, MetricColumns.All, cancellationToken: invocation.CancellationToken);
    }

    /// <summary><c>evaluate list</c>: the history.</summary>
    private sealed class List(CliHost host, GlobalOptions options)
        : CliCommand("list", "List the evaluations of the store, the latest first", host, options)
    {
        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var (records, problems) = await new EvaluationHistory(store).ListAsync(invocation.CancellationToken);
            if (invocation.Json)
            {
                foreach (var record in records)
                    invocation.Lines.Write(
                        new
                        {
                            Spec = record.Spec.Id,
                            record.Name,
                            Sweep = record.SweepId,
                            Generator = record.GeneratorId,
                            record.GeneratorName,
                            record.At,
                            record.Outcome,
                            record.Against,
                            record.Images,
                            record.Headline,
                            record.Gates,
                            record.Report,
                        }
                    );
                foreach (var problem in problems)
                    invocation.Lines.Write(new { Event = "problem", Problem = problem.Message });
                return ExitCode.Done;
            }

            var table = new Table()
                .Border(TableBorder.Simple)
                .AddColumns("evaluated (UTC)", "name", "spec", "generator", "sweep", "first row", "outcome");
            foreach (var record in records)
                table.AddRow(
                    Cell.Of(record.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
                    Cell.Of(record.Name),
                    Cell.Of(Amounts.ShortId(record.Spec.Id)),
                    Cell.Of(record.GeneratorName),
                    Cell.Of(Amounts.ShortId(record.SweepId)),
                    Cell.Of(Headline(record)),
                    Cell.Of(Outcome(record))
                );
            invocation.Console.Write(table);
            foreach (var problem in problems)
                invocation.Say(problem.Message);
            return ExitCode.Done;
        }

        private static string Headline(EvaluationRecord record)
        {
            if (record.Headline is not { } headline)
                return "–";
            var metric = MetricDisplay.Of([headline.Metric], MetricColumns.All)[0];
            return $"{metric.Title} {metric.Format(new Estimate(headline.Mean, headline.HalfWidth, record.Images))}";
        }

        private static string Outcome(EvaluationRecord record) =>
            record.Outcome switch
            {
                EvaluationOutcome.Incomplete => "incomplete",
                EvaluationOutcome.First => "first",
                EvaluationOutcome.Compared => "compared",
                EvaluationOutcome.Passed => "passed",
                _ => $"FAILED: {string.Join("; ", record.Gates.Where(gate => gate.Failed).Select(gate => $"{gate.Gate} ({gate.Label})"))}",
            };
    }
}
