using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Grains.Sweeps;
using PmSFC.Grains.Tests.Clusters;
using PmSFC.Storage;

namespace PmSFC.Grains.Tests.Sweeps.Simulation;

/// <summary>
/// One sweep in a cluster of simulated jobs, workers, a store and silos that die: a history that follows from a seed. Commands and ticks take turns as Orleans
/// has it of a grain that is not reentrant; reports and reads come between any two awaits.
/// </summary>
internal sealed class SimulatedSweep
{
    private const string Other = "another sweep";

    private readonly OneThread _thread;
    private readonly Random _random;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly SweepOptions _options;
    private readonly SweepPlan _plan;
    private readonly SimulatedCalls _calls;
    private readonly StoredArtifacts _artifacts = new();
    private readonly DurableRecord _durable = new();
    private readonly Dictionary<string, SimulatedJob> _jobs;
    private readonly Dictionary<string, JobState> _preparations = [];
    private readonly List<(string Id, Queue<JobStatus> Reports)> _reports = [];
    private readonly List<string> _told = [];

    private readonly int _commandsInEight;
    private readonly int _failuresOneIn;
    private int _silos = 1;
    private long _lastSequence;
    private string? _lastCommand;
    private string? _wrong;
    private SweepPhase _phase;
    private SweepState? _acknowledged;
    private Activation _activation;

    public SimulatedSweep(int seed, OneThread thread)
    {
        _thread = thread;
        _random = new Random(seed);
        _calls = new SimulatedCalls(_random);
        _commandsInEight = 1 + _random.Next(8);
        _failuresOneIn = 4 + _random.Next(8);
        _options = new SweepOptions
        {
            Concurrency = 1 + _random.Next(3),
            LeastWaiting = 1 + _random.Next(4),
            AskedAgainPerPass = 1 + _random.Next(8),
        };
        _plan = Plans.Plan(
            images: 1 + _random.Next(4),
            cells: 1 + _random.Next(2),
            subspaces: _random.Next(3) == 0 ? Plans.Subspaces("learned") : null
        );
        _jobs = _plan
            .Jobs()
            .ToDictionary(
                job => job.Spec.Id,
                job => new SimulatedJob(job.Spec, _plan.Id, status => Report(status)),
                StringComparer.Ordinal
            );
        _activation = new Activation(this);
        _activation.Command(0);
    }

    /// <summary>How many events were seen.</summary>
    public int Events { get; private set; }

    /// <summary>What happened last, for people.</summary>
    public string History => string.Join(Environment.NewLine, _told.TakeLast(60));

    /// <summary>Anything happens, with losses.</summary>
    public void Run(int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            Happen();
            Check();
        }
    }

    /// <summary>Nothing is lost from now on, workers end what they begin, and nobody commands anything. Everything must come to rest.</summary>
    public void Settle()
    {
        _calls.IsFaulty = false;
        for (var step = 0; ; step++)
        {
            step.ShouldBeLessThan(20_000, "the sweep comes to rest");
            Check();
            if (_calls.Open > 0)
                _calls.Step();
            else if (_activation.IsGivenUp)
                Reactivate();
            else if (DeliverReport() || _activation.Begin() || WorkOn(_ => null))
                continue;
            else if (_activation.NextTick is { } next)
                _time.SetUtcNow(next > _time.GetUtcNow() ? next : _time.GetUtcNow());
            else
                break;
            _activation.Elapse();
        }

        CheckAtRest();
    }

    private void Happen()
    {
        switch (_random.Next(100))
        {
            case < 45 when _calls.Open > 0:
                _calls.Step();
                break;
            case < 60:
                DeliverReport();
                break;
            case < 75:
                WorkOn(job =>
                    _random.Next(_failuresOneIn) switch
                    {
                        0 => FailureName.BadInput,
                        1 => FailureName.Bug,
                        2 => FailureName.Lost,
                        _ => null,
                    }
                );
                break;
            case < 79 when _random.Next(8) < _commandsInEight:
                _activation.Command(_random.Next(8));
                break;
            case < 81:
                _activation.Read();
                break;
            case < 83:
                DoForAnother();
                break;
            case 83:
                _silos++;
                _activation.LoseCallers();
                break;
            case 84 when _random.Next(3) == 0:
                Tell("the silo dies");
                Reactivate();
                break;
            case < 88:
                _time.Advance(_options.ReconcilePeriod / 3);
                break;
            default:
                _activation.Begin();
                break;
        }

        _thread.Run();
        _activation.Elapse();
        if (_activation.IsGivenUp)
            Reactivate();
    }

    private void Reactivate()
    {
        _calls.End(_activation.Life);
        _lastSequence = Math.Max(_lastSequence, _activation.Sweep.Events.Latest);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        _activation = new Activation(this);
        _activation.Sweep.Events.Latest.ShouldBeGreaterThanOrEqualTo(_lastSequence, "no number is used twice");
    }

    private void DoForAnother()
    {
        var job = _jobs.Values.ElementAt(_random.Next(_jobs.Count));
        if (_random.Next(2) == 0)
            job.Abandon(Other);
        else
            job.Ensure(
                new WorkRequest
                {
                    SweepId = Other,
                    Owner = "bob",
                    Priority = 0,
                    BytesPerJob = 1,
                }
            );
    }

    /// <summary>A worker begins a job, or ends what it has begun.</summary>
    private bool WorkOn(Func<SimulatedJob, FailureName?> failure)
    {
        foreach (
            var (id, state) in _preparations
                .Where(preparation => !preparation.Value.IsFinal() && preparation.Value != JobState.Cancelled)
                .ToArray()
        )
        {
            _preparations[id] =
                state == JobState.Running
                    ? _calls.IsFaulty && _random.Next(6) == 0
                        ? JobState.Failed
                        : JobState.Succeeded
                    : JobState.Running;
            if (!_calls.IsFaulty || _random.Next(3) > 0)
                _activation.PreparationChanged(id, _preparations[id]);
            return true;
        }

        var jobs = _jobs.Values.Where(job => job.CanRun || job.Record.State == JobState.Running).ToArray();
        if (jobs.Length == 0)
            return false;
        var job = jobs[_random.Next(jobs.Length)];
        if (job.CanRun)
            job.Begin();
        else if (failure(job) is { } name)
            job.Fail(name);
        else if (_calls.IsFaulty && _random.Next(8) == 0)
            job.GiveBack();
        else
        {
            _artifacts.Put(
                ArtifactNames.JobResult(job.Status.Id),
                new byte[] { 1 },
                _artifacts.Get(ArtifactNames.JobResult(job.Status.Id))?.ETag
            );
            job.Succeed();
        }

        Tell($"worker: {job.Status.Id[..4]} {job.Status.State}");
        return true;
    }

    private void Report(JobStatus status)
    {
        if (_calls.IsFaulty && _random.Next(10) == 0)
            return;
        var index = _reports.FindIndex(reports => reports.Id == status.Id);
        var queue = index < 0 ? new Queue<JobStatus>() : _reports[index].Reports;
        if (index < 0)
            _reports.Add((status.Id, queue));
        queue.Enqueue(status);
        // At most once is what Orleans promises; a sweep bears twice.
        if (_calls.IsFaulty && _random.Next(10) == 0)
            queue.Enqueue(status);
    }

    private bool DeliverReport()
    {
        if (_reports.Count == 0)
            return false;
        var index = _random.Next(_reports.Count);
        var (id, queue) = _reports[index];
        var status = queue.Dequeue();
        if (queue.Count == 0)
            _reports.RemoveAt(index);
        Tell($"report: {id[..4]} {status.State}");
        _activation.JobChanged(status);
        return true;
    }

    private void Tell(string what) => _told.Add($"{_time.GetUtcNow():mm:ss.fff} {what} [{_durable.Value.Phase}]");

    /// <summary>What is wrong is thrown where it is not taken for a call that failed.</summary>
    private void CheckThatWorkIsWanted()
    {
        if (_durable.Value.Phase != SweepPhase.Running)
            _wrong ??= "work is handed over that is not wanted";
    }

    /// <summary>What holds at any time.</summary>
    private void Check()
    {
        _thread.Run();
        var sweep = _activation.Sweep;
        _activation.CheckRequests();
        _wrong.ShouldBeNull();
        _durable.History.ShouldContain(sweep.Record, "what is announced was stored before");
        foreach (var (before, after) in _durable.History.Zip(_durable.History.Skip(1)))
        {
            after.Round.ShouldBeGreaterThanOrEqualTo(before.Round);
            if (after.IsWanted && !before.IsWanted)
                after.Round.ShouldBeGreaterThan(before.Round, "a start is a round of its own");
        }

        foreach (var added in sweep.Events.After(_lastSequence))
        {
            added.Sequence.ShouldBeGreaterThan(_lastSequence, "no number is used twice");
            _lastSequence = added.Sequence;
            Events++;
            if (added.Finished)
                (sweep.Record.HasEnded, sweep.Tracker!.Jobs.Unfinished).ShouldBe((true, 0), "the end is told after it is stored");
        }

        if (sweep.Tracker is { } tracker)
            _activation.CheckCounts(tracker);
        if (sweep.Record.Phase == _phase)
            return;
        _phase = sweep.Record.Phase;
        if (_phase is not (SweepPhase.Cancelled or SweepPhase.Stopped or SweepPhase.Paused))
            return;
        foreach (var job in _jobs.Values)
            (job.IsWantedBySweep && !job.Record.State.IsFinal()).ShouldBeFalse($"{job.Status.Id[..4]} is given up before that is told");
    }

    private void CheckAtRest()
    {
        var sweep = _activation.Sweep;
        sweep.Record.ShouldBe(_durable.Value);
        sweep.Record.IsActive.ShouldBeFalse("what was begun comes to its end");
        if (_activation.Ask() is not { } status)
        {
            sweep.Record.Phase.ShouldBe(SweepPhase.None);
            return;
        }

        if (_lastCommand == nameof(SweepControl.CancelAsync) && _acknowledged == SweepState.Cancelled)
            sweep.Record.Phase.ShouldBe(SweepPhase.Cancelled, "what is cancelled stays so");
        if (_lastCommand == nameof(SweepControl.PauseAsync) && _acknowledged == SweepState.Paused)
            sweep.Record.Phase.ShouldBe(SweepPhase.Paused, "what is paused stays so");
        Reactivate();
        var recalled = _activation.Ask()!;
        recalled.Reason.ShouldBe(status.Reason);
        // What another sweep does with the jobs of a paused one decides whether anything is left to be paused.
        if (!sweep.Record.IsPaused)
            recalled.State.ShouldBe(status.State, "a later activation knows the same");
        foreach (var (id, job) in _jobs.Where(job => job.Value.IsStored))
            _activation.Sweep.Tracker!.Jobs.Find(id)!.Status.State.ShouldBe(JobState.Succeeded);
    }

    /// <summary>The grain from its activation to the death of its silo, and what waits for it.</summary>
    private sealed class Activation : ISweepWork
    {
        private readonly SimulatedSweep _world;
        private readonly SweepControl _control;
        private readonly Queue<(string Name, Func<Task> Request)> _waiting = new();
        private readonly HashSet<string> _succeeded = [];
        private CancellationTokenSource _impatient = new();
        private SweepTracker? _seen;
        private Task _running = Task.CompletedTask;
        private bool _tickWaits;

        public Activation(SimulatedSweep world)
        {
            _world = world;
            Sweep = new Sweep(
                world._plan.Id,
                new StoredRecord(new SimulatedState(world._durable, world._calls, Life)),
                eventsKept: 4096,
                world._time
            );
            _control = new SweepControl(
                Sweep,
                this,
                new SimulatedStore(world._artifacts, world._calls, Life),
                world._options,
                world._time,
                new ToldLog(world.Tell)
            );
            Follow();
        }

        public Life Life { get; } = new();

        public Sweep Sweep { get; }

        /// <summary>Whether Orleans drops it because another has changed the record.</summary>
        public bool IsGivenUp { get; private set; }

        public DateTimeOffset? NextTick { get; private set; }

        public MembershipVersion Silos => new(_world._silos);

        /// <summary>Begins with the next request, where none is under way.</summary>
        public bool Begin()
        {
            if (!_running.IsCompleted || !_waiting.TryDequeue(out var next))
                return false;
            _world.Tell(next.Name);
            _running = next.Request();
            return true;
        }

        /// <summary>The timer looks at the clock.</summary>
        public void Elapse()
        {
            if (_tickWaits || NextTick is not { } next || next > _world._time.GetUtcNow())
                return;
            _tickWaits = true;
            _waiting.Enqueue(("tick", Tick));
        }

        public void Command(int which)
        {
            var plan = _world._plan with { Priority = _world._random.Next(2), FailureBudget = Budget() };
            var cancellation = _world._random.Next(4) == 0 ? _impatient.Token : CancellationToken.None;
            var (name, command) = which switch
            {
                0 or 1 or 2 => (nameof(SweepControl.StartAsync), () => _control.StartAsync(plan, traceParent: null, cancellation)),
                3 or 4 => (nameof(SweepControl.CancelAsync), () => _control.CancelAsync(cancellation)),
                5 or 6 => (nameof(SweepControl.PauseAsync), () => _control.PauseAsync(cancellation)),
                _ => (
                    nameof(SweepControl.SetPriorityAsync),
                    (Func<Task<SweepStatus>>)(() => _control.SetPriorityAsync(plan.Priority, cancellation))
                ),
            };
            _waiting.Enqueue((name, () => Do(name, command)));
        }

        /// <summary>Callers wait no longer.</summary>
        public void LoseCallers()
        {
            _impatient.Cancel();
            _impatient = new CancellationTokenSource();
        }

        public void Read()
        {
            _ = Try(async () =>
            {
                if (Sweep.Record.Phase != SweepPhase.None && await _control.LoadAsync(CancellationToken.None))
                    Sweep
                        .Describe()
                        .Finished.ShouldBe(Sweep.Record.HasEnded || (Sweep.Record.Phase == SweepPhase.Paused && Sweep.Tracker!.IsFinished));
            });
        }

        /// <summary>Where it stands, on a network that loses nothing.</summary>
        public SweepStatus? Ask()
        {
            var loading = _control.LoadAsync(CancellationToken.None);
            for (_world._thread.Run(); !loading.IsCompleted; _world._thread.Run())
                _world._calls.Step();
            return Sweep.Record.Phase != SweepPhase.None && loading.GetAwaiter().GetResult() ? Sweep.Describe() : null;
        }

        public void JobChanged(JobStatus status)
        {
            _control.JobChanged(status);
            Follow();
        }

        public void PreparationChanged(string id, JobState state)
        {
            if (Sweep.Tracker?.Preparation(id) is not { } preparation)
                return;
            _control.PreparationChanged(preparation.Status with { State = state });
            Follow();
        }

        public void CheckRequests()
        {
            if (_running.IsFaulted)
                _running.GetAwaiter().GetResult();
        }

        public void CheckCounts(SweepTracker tracker)
        {
            if (_seen != tracker)
                _succeeded.Clear();
            _seen = tracker;
            var states = tracker.Jobs.All.Select(job => job.Status.State).ToArray();
            (tracker.Jobs.Running, tracker.Jobs.Failed, tracker.Jobs.Unfinished).ShouldBe(
                (
                    states.Count(state => state == JobState.Running),
                    states.Count(state => state == JobState.Failed),
                    states.Count(state => !state.IsFinal())
                )
            );
            _succeeded.UnionWith(tracker.Jobs.All.Where(job => job.Status.State == JobState.Succeeded).Select(job => job.Status.Id));
            _succeeded.Count.ShouldBe(states.Count(state => state == JobState.Succeeded), "a stored result is not forgotten");
        }

        public Task<JobStatus> EnsureAsync(SweepJob job, WorkRequest request, CancellationToken cancellationToken)
        {
            _world.CheckThatWorkIsWanted();
            return Ask(job, $"ensure {job.Status.Id[..4]}", to => to.Ensure(request));
        }

        public Task<JobStatus> AbandonAsync(SweepJob job, CancellationToken cancellationToken) =>
            Ask(job, $"abandon {job.Status.Id[..4]}", to => to.Abandon(_world._plan.Id));

        public Task<JobStatus> AskAsync(SweepJob job, CancellationToken cancellationToken) =>
            Ask(job, $"ask {job.Status.Id[..4]}", to => to.Ask());

        public Task<PreparationStatus> EnsureAsync(SweepPreparation preparation, WorkRequest request)
        {
            _world.CheckThatWorkIsWanted();
            return Ask(preparation, state => state is JobState.Succeeded or JobState.Running ? state : JobState.Queued);
        }

        public Task AbandonAsync(SweepPreparation preparation) => Ask(preparation, state => state.IsFinal() ? state : JobState.Cancelled);

        public Task<PreparationStatus> AskAsync(SweepPreparation preparation) => Ask(preparation, state => state);

        private Task<JobStatus> Ask(SweepJob job, string what, Func<SimulatedJob, JobStatus> carryOut) =>
            _world._calls.Ask(
                job.Status.Id,
                Life,
                () =>
                {
                    var status = carryOut(_world._jobs[job.Status.Id]);
                    _world.Tell($"{what} → {status.State}");
                    return status;
                },
                NoAnswer
            );

        private Task<PreparationStatus> Ask(SweepPreparation preparation, Func<JobState, JobState> carryOut)
        {
            var (known, states) = (preparation.Status, _world._preparations);
            return _world._calls.Ask(
                known.Id,
                Life,
                () =>
                {
                    states[known.Id] = carryOut(states.GetValueOrDefault(known.Id, JobState.Cancelled));
                    return known with { State = states[known.Id], WaitingFor = null };
                },
                NoAnswer
            );
        }

        private static TimeoutException NoAnswer() => new("The response did not arrive on time.");

        private FailureBudget? Budget() =>
            _world._random.Next(3) switch
            {
                0 => null,
                1 => new FailureBudget { Amount = 0, Unit = FailureBudgetUnit.Jobs },
                _ => new FailureBudget { Amount = 50, Unit = FailureBudgetUnit.Percent },
            };

        private async Task Do(string name, Func<Task<SweepStatus>> command)
        {
            _world._lastCommand = name;
            _world._acknowledged = null;
            await Try(async () =>
            {
                var status = await command();
                _world._acknowledged = status.State;
                _world.Tell($"{name} → {status.State}");
            });
            Follow();
        }

        private async Task Tick()
        {
            _tickWaits = false;
            NextTick = _world._time.GetUtcNow() + _world._options.ReconcilePeriod;
            await Try(() => _control.TurnAsync(CancellationToken.None));
            Follow();
        }

        /// <summary>Commands fail, and their callers hear of it.</summary>
        private async Task Try(Func<Task> action)
        {
            try
            {
                await action();
            }
            catch (Exception e) when (e is StoreException or TimeoutException or BadInputException or OperationCanceledException) { }
            catch (InconsistentStateException)
            {
                IsGivenUp = true;
            }
        }

        /// <summary>As the grain does after a change.</summary>
        private void Follow()
        {
            if (!Sweep.NeedsTurns)
                NextTick = null;
            else if (NextTick is null || _control.TurnIsDue)
                NextTick = _world._time.GetUtcNow();
        }
    }

    /// <summary>What the sweep writes to its log is part of its history.</summary>
    private sealed class ToldLog(Action<string> tell) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => tell($"{eventId.Name} {exception?.Message}");
    }
}
