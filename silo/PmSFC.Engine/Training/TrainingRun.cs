using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Training;

/// <summary>A training under way: Adam with the step sizes of its model, and a running mean of the weights where the settings ask for one.</summary>
public sealed class TrainingRun : PreparationRun
{
    private const int HistoryPoints = 200;
    private const string History = "losses",
        Latest = "latest",
        AveragePrefix = "ema.";

    private readonly string _kind;
    private readonly TrainingProblem _problem;
    private readonly TrainingModel _model;
    private readonly Tensor[] _parameters;
    private readonly AdamUpdate _adam;
    private readonly (string Name, Tensor Weight, Tensor Average)[] _averages;
    private readonly Scalar _averageDecay,
        _averageGain;
    private readonly List<TrainingLosses> _history = [];
    private Tensor? _terms; // [T]
    private int _iteration;

    internal TrainingRun(string kind, TrainingModel model, TrainingProblem problem)
    {
        var side = problem.Generator.Architecture.Resolution;
        if (problem.Images?.Images.FirstOrDefault(image => image.Width != side || image.Height != side) is { } unfit)
            throw new ArgumentException(
                $"An image to learn from has {unfit.Width}×{unfit.Height} pixels, but the generator makes {side}×{side}.",
                nameof(problem)
            );
        _kind = kind;
        _model = model;
        _problem = problem;
        Iterations = model.Settings.Steps;
        _parameters = [.. model.Parameters.Select(parameter => parameter.Value)];
        _adam = new AdamUpdate(
            model.Parameters,
            model.Settings.StepSize,
            beta2: model.Settings.SecondMomentDecay,
            weightDecay: model.Settings.WeightShare,
            decays: model.Decays
        );
        var averageDecay = model.Settings.MeanDecay;
        (_averageDecay, _averageGain) = (averageDecay, 1 - averageDecay);
        _averages =
        [
            .. model
                .Parameters.Where(parameter => averageDecay > 0 && model.IsExported(parameter.Name))
                .Select(parameter => (parameter.Name, parameter.Value, parameter.Value.detach().clone().DetachFromDisposeScope())),
        ];
    }

    /// <inheritdoc/>
    public override int Iteration => _iteration;

    /// <inheritdoc/>
    public override int Iterations { get; }

    /// <summary>The terms of the latest iteration; waits for the device.</summary>
    /// <returns><see langword="null"/> before the first iteration.</returns>
    public TrainingLosses? Losses()
    {
        if (_terms is null)
            return null;
        using var scope = NewDisposeScope();
        return new TrainingLosses(_iteration, TrainingModel.Floats(_terms));
    }

    /// <summary>The sum of the terms.</summary>
    public override double Loss() => Losses()?.Values.Sum() ?? 0;

    /// <inheritdoc/>
    public override void Step()
    {
        if (_iteration >= Iterations)
            throw new InvalidOperationException($"All {Iterations} iterations of the training are done.");
        using var scope = NewDisposeScope();
        var (total, terms) = _model.Losses(_iteration);
        var gradients = autograd.grad([total], _parameters);
        var phase = _model.PhaseStart(_iteration);
        if (_iteration == phase)
            _adam.Reset();
        using (no_grad())
        {
            _adam.Update(gradients, _iteration - phase, _model.LearningRateScale(_iteration));
            foreach (var (_, weight, average) in _averages)
                average.mul_(_averageDecay).add_(weight, _averageGain);
        }

        Keep(stack(terms.Select(term => term.detach()).ToArray()));
        _iteration++;
        if (_iteration == 1 || _iteration == Iterations || _iteration % Math.Max(1, Iterations / HistoryPoints) == 0)
            _history.Add(Losses()!);
    }

    /// <inheritdoc/>
    public override byte[] Checkpoint()
    {
        using var scope = NewDisposeScope();
        var writer = PreparationCheckpoint.Begin(Identity, _iteration);
        foreach (var (name, value) in State)
            writer.Add(name, TrainingModel.Floats(value), value.shape);
        var width = 1 + _model.Terms.Count;
        writer.Add(History, [.. _history.SelectMany(point => point.Values.Prepend(point.Iteration))], _history.Count, width);
        return writer.Add(Latest, [.. Losses()?.Values ?? new float[width - 1]], width - 1).ToArray();
    }

    /// <inheritdoc/>
    public override void Restore(byte[] checkpoint)
    {
        var file = SafetensorsFile.Read(checkpoint, "The checkpoint of the training");
        var iteration = PreparationCheckpoint.Iteration(file.Header, Identity, Iterations, "training");
        var width = 1 + _model.Terms.Count;
        var rows = file.Header.Entry(History).Shape is [var count, _] ? (int)count : 0;
        var points = file.ReadFloats(History, rows, width).Chunk(width).Select(row => new TrainingLosses((int)row[0], row[1..])).ToArray();
        var latest = file.ReadFloats(Latest, width - 1);
        var values = State.Select(entry => file.ReadFloats(entry.Name, entry.Value.shape)).ToArray();

        using var untracked = no_grad();
        using var scope = NewDisposeScope();
        foreach (var ((_, target), value) in State.Zip(values))
            target.copy_(tensor(value).view(target.shape));
        _iteration = iteration;
        _history.Clear();
        _history.AddRange(points);
        _terms?.Dispose();
        _terms = iteration == 0 ? null : tensor(latest).DetachFromDisposeScope();
    }

    /// <summary>The network, after the last iteration.</summary>
    /// <exception cref="InvalidOperationException">Iterations are left to do.</exception>
    public TrainedNetwork Finish() =>
        _iteration < Iterations
            ? throw new InvalidOperationException($"The training has done {_iteration} of {Iterations} iterations.")
            : new TrainedNetwork
            {
                Kind = _kind,
                Settings = _problem.Settings,
                Seed = _problem.Seed,
                ImagesId = _problem.Images?.Id,
                Terms = _model.Terms,
                LossHistory = [.. _history],
                Weights = _model.Export(
                    _kind,
                    _averages.ToDictionary(average => average.Name, average => average.Average, StringComparer.Ordinal)
                ),
            };

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _terms?.Dispose();
            _adam.Dispose();
            foreach (var (_, _, average) in _averages)
                average.Dispose();
            _averageDecay.Dispose();
            _averageGain.Dispose();
            _model.Dispose();
        }

        base.Dispose(disposing);
    }

    private IEnumerable<(string Name, Tensor Value)> State =>
        [
            .. _model.Parameters,
            .. _model.Buffers,
            .. _adam.State,
            .. _averages.Select(average => (AveragePrefix + average.Name, average.Average)),
        ];

    private string Identity =>
        $"{_kind} {_problem.Settings} seed={_problem.Seed}{(_problem.Images is { } images ? $" images={images.Id}" : "")}";

    private void Keep(Tensor terms)
    {
        _terms?.Dispose();
        _terms = terms.DetachFromDisposeScope();
    }
}
