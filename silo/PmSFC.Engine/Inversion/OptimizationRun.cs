using System.Globalization;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Optimizes the parameters of all images of a batch in one graph: one backward pass and one update an iteration. The batch's loss is the sum of the
/// images' losses, so that an image's gradient is the one that it has alone.
/// </summary>
internal sealed class OptimizationRun : InversionRun
{
    /// <summary>The metadata entry of a checkpoint, and of codes, that names the method.</summary>
    public const string MethodEntry = "method";

    private readonly string _method;
    private readonly LearningRateSchedule _schedule;
    private readonly ImageModel _model;
    private readonly InversionLoss _loss;
    private readonly Tensor[] _parameters;
    private readonly IUpdateRule _update;
    private readonly IReadOnlyList<(string Name, Tensor Value)> _state;
    private readonly int _before;
    private Tensor? _latestLosses; // [B, M]
    private int _iteration;

    private OptimizationRun(string method, InversionProblem problem, OptimizationSettings settings, ImageModel model, int before)
    {
        _schedule = settings.Schedule;
        _method = method;
        _model = model;
        _before = before;
        Iterations = before + settings.Steps;
        BatchSize = problem.Seeds.Count;
        _loss = new InversionLoss(problem, settings, model.Candidates, model.Distance);
        _parameters = [.. model.Parameters.Select(parameter => parameter.Value)];
        var learningRate = problem.StepScale * settings.StepSize;
        _update = settings.UsesAdam
            ? new AdamUpdate(model.Parameters, learningRate, model.LearningRateScale, settings.SecondMomentDecay)
            : new SgdUpdate(model.Parameters, learningRate, model.LearningRateScale);
        _state = [.. model.Parameters, .. model.Constants, .. _update.State];
    }

    public override int Iteration => _before + _iteration;

    public override int Iterations { get; }

    public override int BatchSize { get; }

    /// <summary>Checks a problem and begins its run.</summary>
    /// <param name="method">The method, whose name checkpoints keep.</param>
    /// <param name="problem">What to invert.</param>
    /// <param name="settings">How it is optimized.</param>
    /// <param name="model">Makes the model once the problem is checked; the run owns it.</param>
    /// <param name="before">Iterations that an earlier run has done; its own are counted from there.</param>
    /// <exception cref="ArgumentException">The problem's parts do not fit each other or its settings.</exception>
    public static OptimizationRun Start(
        IInversionMethod method,
        InversionProblem problem,
        OptimizationSettings settings,
        Func<ImageModel> model,
        int before = 0
    )
    {
        problem.ThrowIfUnfitFor(method);
        return new OptimizationRun(method.Name, problem, settings, model(), before);
    }

    public override void Step()
    {
        if (IsFinished)
            throw new InvalidOperationException($"All {Iterations} iterations are done.");
        using var scope = NewDisposeScope();
        var losses = CandidateLosses(_model.Images(_iteration));
        var gradients = autograd.grad([losses.sum()], _parameters);
        using var off = no_grad();
        _update.Update(gradients, _iteration, _schedule.Scale(_iteration, Iterations - _before));
        _model.AfterUpdate();
        KeepLosses(losses.detach());
        _iteration++;
    }

    public override float[] Losses()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        if (_latestLosses is null)
            KeepLosses(CandidateLosses(_model.Images()));
        return Floats(Comparable(_latestLosses!).amin([1L]));
    }

    public override Tensor Reconstruct()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var images = _model.Images();
        if (_model.Candidates == 1)
            return images.MoveToOuterDisposeScope();
        var best = Comparable(CandidateLosses(images)).argmin(1); // [B]
        var first = tensor(Enumerable.Range(0, BatchSize).Select(image => (long)image * _model.Candidates).ToArray(), device: best.device);
        return images.index_select(0, first.Add(best)).MoveToOuterDisposeScope();
    }

    public override byte[] Checkpoint(int image) => Write(image, _state);

    public override byte[] Codes(int image) => Write(image, _model.Parameters.Concat(_model.Constants));

    public override void Restore(IReadOnlyList<byte[]> checkpoints)
    {
        if (checkpoints.Count != BatchSize)
            throw new ArgumentException($"There are {checkpoints.Count} checkpoints for {BatchSize} images.", nameof(checkpoints));
        var files = checkpoints.Select((content, image) => SafetensorsFile.Read(content, $"The checkpoint of image {image}")).ToArray();
        foreach (var file in files)
            CheckOrigin(file.Header, IterationOf(files[0].Header));
        var values = _state
            .Select(tensor => files.Select(file => file.ReadFloats(tensor.Name, tensor.Value.shape.AsSpan(1))).ToArray())
            .ToArray();

        using var scope = NewDisposeScope();
        using var off = no_grad();
        for (var i = 0; i < _state.Count; i++)
        {
            for (var image = 0; image < BatchSize; image++)
            {
                var target = _state[i].Value.select(0, image);
                target.copy_(tensor(values[i][image]).reshape(target.shape));
            }
        }

        _iteration = IterationOf(files[0].Header) - _before;
        _latestLosses?.Dispose();
        _latestLosses = null;
    }

    protected override void Dispose(bool disposing)
    {
        _latestLosses?.Dispose();
        _update.Dispose();
        _loss.Dispose();
        _model.Dispose();
    }

    /// <param name="images">[B·M, 3, H, W].</param>
    /// <returns>[B, M].</returns>
    private Tensor CandidateLosses(Tensor images)
    {
        var losses = _loss.PerImage(images).view(BatchSize, _model.Candidates);
        return _model.Penalty() is { } penalty ? losses.Add(penalty.unsqueeze(1)) : losses;
    }

    /// <summary>Losses with those of diverged candidates above all others.</summary>
    private static Tensor Comparable(Tensor losses) =>
        losses.nan_to_num(double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity);

    private void KeepLosses(Tensor losses)
    {
        _latestLosses?.Dispose();
        _latestLosses = losses.DetachFromDisposeScope();
    }

    private void CheckOrigin(SafetensorsHeader header, int iteration)
    {
        if (header.Metadata.GetValueOrDefault(MethodEntry) is var method && method != _method)
            throw SafetensorsHeader.Damaged(header.FileName, $"is of the method '{method}', not '{_method}'");
        if (IterationOf(header) != iteration || iteration > Iterations)
        {
            throw SafetensorsHeader.Damaged(
                header.FileName,
                $"is of iteration {IterationOf(header)}, but iteration {iteration} of at most {Iterations} is needed"
            );
        }
    }

    private byte[] Write(int image, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var writer = new SafetensorsWriter()
            .AddMetadata(MethodEntry, _method)
            .AddMetadata(IterationEntry, Iteration.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in tensors)
            writer.Add(name, Floats(value.select(0, image)), value.shape[1..]);
        return writer.ToArray();
    }

    private static float[] Floats(Tensor tensor) => tensor.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
}
