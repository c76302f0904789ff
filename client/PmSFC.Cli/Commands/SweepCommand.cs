using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Client.Reports;
using PmSFC.Client.Results;
using PmSFC.Client.Sweeps;
using PmSFC.Engine.Metrics;
using PmSFC.Silo.Arguments;
using PmSFC.Silo.Hosting;
using PmSFC.Silo.Measuring;
using PmSFC.Silo.Planning;
using PmSFC.Storage;
using Spectre.Console;
using TableRow = PmSFC.Client.Results.TableRow;

namespace PmSFC.Cli.Commands;

/// <summary><c>sweep</c>: many methods and settings on many images, planned, run, resumed and reported.</summary>
internal sealed class SweepCommand : Command
{
    /// <summary>Makes the command and those below it.</summary>
    public SweepCommand(CliHost host, GlobalOptions options)
        : base("sweep", "Run methods and settings on a set of images, and report")
    {
        Add(new Plan(host, options));
        Add(new Run(host, options));
        Add(new Resume(host, options));
        Add(new Watch(host, options));
        Add(new Status(host, options));
        Add(new Cancel(host, options));
        Add(new Pause(host, options));
        Add(new Priority(host, options));
        Add(new Measure(host, options));
        Add(new SweepVerifyCommand(host, options));
        Add(new Report(host, options));
        Add(new SweepCompareCommand(host, options));
        Add(new List(host, options));
    }

    private static ValueOption<string> OutOption() =>
        new("--out", ValueKinds.Path) { Description = "folder of the report [default: pmsfc-reports/<name>-<id>]", HelpName = "folder" };

    private static FlagOption PageOption() => new("--page") { Description = "serve a live page of the run on this machine's loopback address, and print where" };

    private static string FolderOf(Invocation invocation, ValueOption<string> option, SweepPlan plan) =>
        invocation.Value(option) ?? Path.Combine("pmsfc-reports", $"{OutputFolder.FileName(plan.Name)}-{Amounts.ShortId(plan.Id)}");

    private static async Task<int> FollowAsync(
        Invocation invocation, ClusterSession cluster, SweepPlan plan, ValueOption<string> outOption, Func<SweepSession, Task<SweepTable?>> follow)
    {
        var folder = OutputFolder.Prepare(FolderOf(invocation, outOption, plan), ReportFiles.Names);
        var session = new SweepSession(invocation, cluster);
        var table = await follow(session);
        if (table is not null) await new ResultPrinter(invocation, cluster.Store).TellAsync(table, folder);
        return session.ExitCodeOf(table);
    }

    private abstract class FromStore : CliCommand
    {
        private readonly ValueArgument<string> _sweep = new("sweep", ValueKinds.Text)
        {
            Description = "the beginning of its id, or 'latest'", DefaultValueFactory = _ => SweepClient.Latest,
        };

        protected FromStore(string name, string description, CliHost host, GlobalOptions options)
            : base(name, description, host, options) => Add(_sweep);

        protected static void RefuseWithoutCluster(Invocation invocation, string what)
        {
            if (invocation.Cluster is null)
                throw new Abstractions.Failures.BadInputException($"only a cluster's sweeps can be {what}; name the cluster with --cluster.");
        }

        protected Task<SweepPlan> FindPlanAsync(Invocation invocation, IArtifactStore store) =>
            StoredSweeps.In(store, invocation.Host.Time).FindPlanAsync(invocation.Value(_sweep), invocation.CancellationToken);
    }

    private sealed class Plan(CliHost host, GlobalOptions options)
        : SpecCommand("plan", "Check a sweep and say what it would do, without doing it", host, options)
    {
        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var (file, given) = ReadFile(invocation);
            using var looking = new LookingStore(invocation);
            var card = await looking.FindGeneratorAsync(file.Generator);
            looking.CheckImages(ImagesOf(invocation, file));
            var prepared = await PrepareAsync(invocation, looking.Store, file, given, card);
            if (invocation.Cluster is null)
            {
                // No silo is started, so that neither the store's lock nor the right to write it is needed.
                var outcome = await EngineSweepPlanner.Of(looking.Store).Plan(prepared.Spec, invocation.CancellationToken);
                var devices = new EmbeddedDevices(invocation.Devices);
                devices.CheckMemory(await TellAsync(invocation, looking.Store, SweepClient.PlanOf(outcome, file), devices.Describe()));
                return ExitCode.Done;
            }

            await using var cluster = await ClusterSession.StartAsync(invocation, looking.Store);
            var plan = await cluster.Sweeps.PlanAsync(prepared.Spec, file, invocation.CancellationToken);
            await TellAsync(invocation, looking.Store, plan, await cluster.DevicesAsync(invocation.CancellationToken));
            return ExitCode.Done;
        }

        private static async Task<SweepForecast> TellAsync(
            Invocation invocation, IArtifactStore store, SweepPlan plan, IReadOnlyList<string> devices)
        {
            var forecast = await StoredSweeps.In(store, invocation.Host.Time).ForecastAsync(plan, invocation.CancellationToken);
            Tell(invocation, plan, forecast, devices);
            return forecast;
        }

        private static void Tell(Invocation invocation, SweepPlan plan, SweepForecast forecast, IReadOnlyList<string> devices)
        {
            if (invocation.Json)
            {
                invocation.Lines.Write(new
                {
                    Event = "forecast", Sweep = plan.Id, plan.Name, Images = plan.Images.Length, Forecast = forecast, Devices = devices,
                    Networks = plan.Cells.Where(cell => cell.Network is not null).Select(cell => new { cell.Label, cell.Network!.Id, cell.Network.Kind, cell.Network.Images, cell.Network.Weights }),
                });
                return;
            }

            invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' on {Amounts.Count(plan.Images.Length, "image")}:");
            var table = new Table().Border(TableBorder.Rounded).AddColumns("method", "jobs", "stored", "iterations", "memory a job", "work left");
            foreach (var column in table.Columns.Skip(1)) column.RightAligned();
            foreach (var cell in forecast.Cells)
                table.AddRow(
                    Cell.Of(cell.Label), Number(cell.Jobs), Number(cell.Done), Number(cell.Iterations), Cell.Of(Amounts.Bytes(cell.BytesPerJob)),
                    Cell.Of(Work(cell.MultiplyAddsLeft)));
            invocation.Console.Write(table);
            foreach (var network in plan.Cells.Select(cell => cell.Network).OfType<NetworkSpec>().DistinctBy(network => network.Id))
                if (Origin(network) is { } origin) invocation.Say(origin);
            invocation.Say(
                $"{forecast.Jobs - forecast.Done} of {Amounts.Count(forecast.Jobs, "job")} to run, " +
                $"{forecast.SubspaceSets - forecast.SubspaceSetsDone} of {Amounts.Count(forecast.SubspaceSets, "subspace set")} to find first. " +
                (forecast.Networks == 0 ? "" : $"{forecast.Networks - forecast.NetworksDone} of {Amounts.Count(forecast.Networks, "network")} to train first. ") +
                $"Work left: {Work(forecast.MultiplyAddsLeft)}; a job needs up to {Amounts.Bytes(forecast.LargestJobBytes)}.");
            if (forecast.Damaged > 0)
                invocation.Say($"Damaged, and made again by a run: {Amounts.Count(forecast.Damaged, "stored result")}.");
            invocation.Say(devices.Count == 0 ? "No device is in the cluster now." : $"Devices: {string.Join("; ", devices)}.");
        }

        private static string? Origin(NetworkSpec network) => network switch
        {
            { Weights: { } weights } =>
                $"The network '{network.Kind}' is imported from {weights.FileName} (SHA-256 {weights.Sha256}; "
                + $"{string.Join(", ", weights.Sizes.Select(size => $"{size.Key} {size.Value}"))}).",
            { Images: { } images } => $"The network '{network.Kind}' learns from {Amounts.Count(images.Count, "image")}.",
            _ => null,
        };

        private static Text Number(int number) => new(number.ToString(CultureInfo.InvariantCulture));

        private static string Work(double multiplyAdds) => string.Create(CultureInfo.InvariantCulture, $"{multiplyAdds / 1e12:0.##} T multiply-adds");
    }

    private sealed class Run : SpecCommand
    {
        private readonly ValueOption<string> _out = OutOption();
        private readonly FlagOption _page = PageOption();

        public Run(CliHost host, GlobalOptions options)
            : base("run", "Run a sweep; what the store has already is not computed again", host, options)
        {
            Add(_out);
            Add(_page);
        }

        public override bool OutlivesItsOutput => true;

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var (file, given) = ReadFile(invocation);
            var store = invocation.OpenStore();
            var card = await BundledGenerator.FindAsync(invocation, store, file.Generator);
            var prepared = await PrepareAsync(invocation, store, file, given, card);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            var plan = await cluster.Sweeps.PlanAsync(prepared.Spec, file, invocation.CancellationToken);
            await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
            await prepared.StoreAsync(store, invocation.CancellationToken);
            await using var page = invocation.Value(_page) ? await LivePage.ServeAsync(invocation, cluster, plan) : null;
            return await FollowAsync(invocation, cluster, plan, _out, session => session.RunAsync(plan));
        }
    }

    private sealed class Resume : FromStore
    {
        private readonly ValueOption<string> _out = OutOption();
        private readonly FlagOption _page = PageOption();

        public Resume(CliHost host, GlobalOptions options)
            : base("resume", "Go on with a sweep that was interrupted, killed or had failures", host, options)
        {
            Add(_out);
            Add(_page);
        }

        public override bool OutlivesItsOutput => true;

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToAdd();
            var plan = await FindPlanAsync(invocation, store);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            await cluster.CheckMemoryAsync(plan, invocation.CancellationToken);
            await using var page = invocation.Value(_page) ? await LivePage.ServeAsync(invocation, cluster, plan) : null;
            return await FollowAsync(invocation, cluster, plan, _out, session => session.RunAsync(plan));
        }
    }

    private sealed class Watch : FromStore
    {
        private readonly ValueOption<string> _out = OutOption();

        public Watch(CliHost host, GlobalOptions options)
            : base("watch", "Follow a sweep that a cluster runs, without starting anything", host, options) => Add(_out);

        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            if (invocation.Cluster is null)
                throw new Abstractions.Failures.BadInputException("only a cluster's sweeps can be watched; name the cluster with --cluster, or ask for 'sweep status'.");
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            return await FollowAsync(invocation, cluster, plan, _out, session => session.WatchAsync(plan));
        }
    }

    private sealed class Cancel(CliHost host, GlobalOptions options)
        : FromStore("cancel", "Stop a sweep; its results are kept, and 'sweep resume' takes it up again", host, options)
    {
        public override bool OutlivesItsOutput => true;

        protected override bool Computes => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            var status = await cluster.Sweeps.CancelAsync(plan.Id, invocation.CancellationToken);
            var done = status.Cells.Sum(cell => cell.Jobs.GetValueOrDefault(JobState.Succeeded));
            if (invocation.Json) invocation.Lines.Write(new { Event = "cancelled", Sweep = plan.Id, Done = done });
            invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' is cancelled with {Amounts.Count(done, "result")} stored.");
            return ExitCode.Done;
        }
    }

    private sealed class Pause(CliHost host, GlobalOptions options)
        : FromStore("pause", "Let a cluster's sweep stand still at checkpoints; 'sweep resume' takes it up again", host, options)
    {
        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            RefuseWithoutCluster(invocation, "paused");
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            var status = await cluster.Sweeps.PauseAsync(plan.Id, invocation.CancellationToken);
            if (invocation.Json) invocation.Lines.Write(new { Event = "paused", Sweep = plan.Id, status.State, status.Reason });
            if (status.State != SweepState.Paused)
            {
                invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' has ended already ({status.State.ToString().ToLowerInvariant()}); there is nothing to pause.");
                return ExitCode.Failed;
            }

            invocation.Say(
                $"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' is paused; what runs stops at a checkpoint. " +
                $"Go on with: {invocation.Command("sweep", "resume", Amounts.ShortId(plan.Id))}");
            return ExitCode.Done;
        }
    }

    private sealed class Priority : FromStore
    {
        private const int Largest = 1_000_000;

        private readonly ValueArgument<int> _priority = new("priority", ValueKinds.Integer(-Largest, Largest)) { Description = "a whole number; higher runs first" };

        public Priority(CliHost host, GlobalOptions options)
            : base("priority", "Give a cluster's sweep another priority, also while it runs", host, options) => Add(_priority);

        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            RefuseWithoutCluster(invocation, "given another priority");
            var priority = invocation.Value(_priority);
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            await using var cluster = await ClusterSession.StartAsync(invocation, store);
            var status = await cluster.Sweeps.SetPriorityAsync(plan.Id, priority, invocation.CancellationToken);
            if (invocation.Json) invocation.Lines.Write(new { Event = "priority", Sweep = plan.Id, status.Priority });
            invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' has the priority {status.Priority} now.");
            return ExitCode.Done;
        }
    }

    private sealed class Status(CliHost host, GlobalOptions options)
        : FromStore("status", "Say how far a sweep is: from the store alone, or from the cluster where one is named", host, options)
    {
        private const int ShownFaults = 5;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            if (invocation.Cluster is not null)
            {
                await using var cluster = await ClusterSession.StartAsync(invocation, store);
                if (await cluster.Sweeps.StatusAsync(plan.Id, invocation.CancellationToken) is { } status)
                    return new ClusterStatus(invocation).Tell(
                        plan, status, await cluster.PoolStatusAsync(invocation.CancellationToken),
                        await StoredConflicts.ReadAsync(store, plan, invocation.CancellationToken));
            }

            var statuses = await StoredSweeps.StatusesAsync(store, plan, invocation.CancellationToken);
            var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, statuses, invocation.CancellationToken);
            var reason = await StoredSweeps.ReasonAsync(store, plan.Id, invocation.CancellationToken);
            var isRunning = ArtifactStores.FolderOf(invocation.StoreLocation) is { } directory ? StoreGuard.IsHeld(directory) : (bool?)null;
            if (invocation.Json)
            {
                invocation.Lines.Write(new
                {
                    Event = "status", Sweep = plan.Id, plan.Name, StoreInUse = isRunning, Reason = reason, table.Conflicts, Finished = table.Jobs.All(job => job.Result is not null || job.Failed),
                    Cells = table.Rows.Select(row => new { row.Label, row.Done, row.Failed, row.Missing }), Waiting = Problems(statuses),
                });
                return ExitCode.Done;
            }

            invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}':");
            foreach (var row in table.Rows)
                invocation.Say(
                    $"  {row.Label}: {row.Done}/{row.Done + row.Failed + row.Missing} done, {row.Failed} failed, {row.Missing} missing" +
                    $"{Checkpoints(table, row, statuses)}");
            foreach (var failures in table.Jobs.Where(job => job.Failed).GroupBy(job => job.Problem, StringComparer.Ordinal))
                invocation.Say($"  {failures.Count()} × {failures.Key}");
            foreach (var (problem, jobs) in Problems(statuses)) invocation.Say($"  {Amounts.Count(jobs, "job")}, not ended: {problem}");
            foreach (var job in table.Jobs.Where(job => job.Fault is not null).Take(ShownFaults)) invocation.Say($"  {job.Job.Cell.Label} {job.Job.Image.Name}: {job.Problem}");
            foreach (var conflict in StoredConflicts.Describe(plan, table.Conflicts)) invocation.Say($"  {conflict}");
            if (reason is not null) invocation.Say(reason);
            var resume = invocation.Command("sweep", "resume", Amounts.ShortId(plan.Id));
            invocation.Say(
                table.Rows.Sum(row => row.Missing + row.Failed) == 0 ? "Finished."
                : isRunning == true ? "A process is working on this store."
                : isRunning == false ? $"No process is working on it. Go on with: {resume}"
                : $"Go on with: {resume}");
            return ExitCode.Done;
        }

        /// <summary>What the last attempts failed of, where they are tried again, with how many each reason holds back.</summary>
        private static ImmutableSortedDictionary<string, int> Problems(ImmutableDictionary<string, JobStatus> statuses) => statuses.Values
            .Where(status => !status.State.IsFinal()).Select(status => status.Failure?.Message).OfType<string>()
            .CountBy(message => message, StringComparer.Ordinal).ToImmutableSortedDictionary(StringComparer.Ordinal);

        private static string Checkpoints(SweepTable table, TableRow row, ImmutableDictionary<string, JobStatus> statuses)
        {
            var begun = table.Jobs.Where(job => job.Job.Cell.Label == row.Label && job.Result is null)
                .Select(job => statuses.GetValueOrDefault(job.Id)?.Progress).OfType<JobProgress>().ToList();
            return begun.Count == 0 ? "" : $" ({begun.Count} at a checkpoint, up to iteration {begun.Max(p => p.Iteration)} of {begun[0].Iterations})";
        }
    }

    private sealed class Measure : FromStore
    {
        private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

        private readonly ValueOption<string> _weights = WeightsOption.Create();
        private readonly FlagOption _again = new("--again") { Description = "measure again what was measured with other weights" };

        public Measure(CliHost host, GlobalOptions options)
            : base("measure", "Measure the metrics that stored results lack, such as those that need weights; stored numbers are kept", host, options)
        {
            Add(_weights);
            Add(_again);
        }

        public override bool OutlivesItsOutput => true;

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToAdd();
            using var metrics = MetricCatalog.BuiltIn.Load(WeightsOption.Open(invocation, _weights));
            var plan = await FindPlanAsync(invocation, store);
            var otherWeights = invocation.Value(_again) ? OtherWeights.MeasureAgain : OtherWeights.Keep;
            var (summaries, findings) = await new SweepMeasuring(store, metrics, otherWeights)
                .MeasureAsync(plan, new Lines(invocation, plan), invocation.CancellationToken);
            var code = findings.IsEmpty ? ExitCode.Done : ExitCode.Failed;
            var advice = ResultMending.Advice(invocation, plan, findings);
            if (invocation.Json)
            {
                invocation.Lines.Write(new
                {
                    Event = "measured", Sweep = plan.Id, Metrics = summaries, metrics.Missing, Findings = findings, Advice = advice,
                });
                return code;
            }

            foreach (var summary in summaries)
            {
                invocation.Say($"{summary.Metric}: {summary.Measured} measured, {summary.Kept} stored before.");
                foreach (var reason in summary.Undefined) invocation.Say($"  {reason}");
                if (summary.KeptOfOtherWeights > 0)
                    invocation.Say(
                        $"  {summary.KeptOfOtherWeights} of those stored before are of other weights; 'sweep measure --again' with the same --weights measures them with these.");
            }

            foreach (var (metric, reason) in metrics.Missing) invocation.Say($"{metric}: not measured, {reason}.");
            foreach (var finding in findings) invocation.Say($"Not measured: {finding.Fault.Sentence} ({finding.Of}).");
            foreach (var sentence in advice) invocation.Say(sentence);
            if (!findings.IsEmpty) invocation.Say("Then measure again.");
            invocation.Say($"The report shows them: {invocation.Command("sweep", "report", Amounts.ShortId(plan.Id))}");
            return code;
        }

        private sealed class Lines(Invocation invocation, SweepPlan plan) : IProgress<int>
        {
            private long _last = invocation.Host.Time.GetTimestamp();

            public void Report(int value)
            {
                if (invocation.Host.Time.GetElapsedTime(_last) < BetweenLines) return;
                _last = invocation.Host.Time.GetTimestamp();
                invocation.Say($"{value} of {Amounts.Count(plan.Images.Length, "image")} measured.");
            }
        }
    }

    private sealed class Report : FromStore
    {
        private readonly ValueOption<string> _out = OutOption();

        private readonly FlagOption _paper = new("--paper") { Description = "show the paper's numbers for the sweep's task in a table of their own" };

        public Report(CliHost host, GlobalOptions options)
            : base("report", "Print a sweep's table and write its report from what is stored now", host, options)
        {
            Add(_out);
            Add(_paper);
        }

        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var store = invocation.OpenStoreToRead();
            var plan = await FindPlanAsync(invocation, store);
            var quoted = invocation.Value(_paper) ? PaperTables.Of(plan.Task) : null;
            if (invocation.Value(_paper) && quoted is null) invocation.Say($"The paper has no table of the task '{plan.Task}'.");
            var statuses = await StoredSweeps.StatusesAsync(store, plan, invocation.CancellationToken);
            var table = await SweepTable.ReadAsync(store, plan, MetricColumns.All, statuses, invocation.CancellationToken);
            await new ResultPrinter(invocation, store).TellAsync(table, FolderOf(invocation, _out, plan), quoted);
            return ExitCode.Done;
        }
    }

    private sealed class List(CliHost host, GlobalOptions options) : CliCommand("list", "List the sweeps of the store, the latest first", host, options)
    {
        protected override async Task<int> RunAsync(Invocation invocation)
        {
            var sweeps = await StoredSweeps.In(invocation.OpenStoreToRead(), invocation.Host.Time).ListAsync(invocation.CancellationToken);
            if (invocation.Json)
            {
                foreach (var sweep in sweeps) invocation.Lines.Write(sweep);
                return ExitCode.Done;
            }

            var table = new Table().Border(TableBorder.Simple).AddColumns("id", "name", "started or resumed (UTC)");
            foreach (var sweep in sweeps)
                table.AddRow(
                    Cell.Of(Amounts.ShortId(sweep.Id)), Cell.Of(sweep.Problem is null ? sweep.Name : "(cannot be read)"),
                    Cell.Of(sweep.SubmittedAt?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "–"));
            invocation.Console.Write(table);
            foreach (var problem in sweeps.Select(sweep => sweep.Problem).OfType<string>()) invocation.Say(problem);
            return ExitCode.Done;
        }
    }
}
