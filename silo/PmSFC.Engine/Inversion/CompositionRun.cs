using System.Globalization;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Safetensors;
using static TorchSharp.torch;
using Generator = PmSFC.Engine.Generators.Generator;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Optimizes the codes and composition weights of all images of a batch in one graph: two tensors, one backward pass and one update an iteration.
/// The batch's loss is the sum of the images' losses, so that an image's gradient is the one that it has alone.
/// </summary>
internal sealed class CompositionRun : InversionRun
{
    private const string MethodEntry = "method";

    private readonly string _method;
    private readonly Generator _generator;
    private readonly int _split;
    private readonly IFeatureComposition _composition;
    private readonly InversionLoss _loss;
    private readonly Tensor _z;
    private readonly Tensor _w;
    private readonly Tensor[] _parameters;
    private readonly IUpdateRule _update;
    private readonly IReadOnlyList<(string Name, Tensor Value)> _state;
    private Tensor? _latestLosses;
    private int _iteration;

    /// <param name="method">The method's name, kept in checkpoints.</param>
    /// <param name="problem">Checked by <see cref="CheckProblem"/> before.</param>
    /// <param name="composition">Owned by the run.</param>
    public CompositionRun(string method, InversionProblem problem, IFeatureComposition composition)
    {
        var settings = problem.Settings;
        _method = method;
        _generator = problem.Generator;
        _split = settings.Integer(SplitSetting.Name);
        _composition = composition;
        Iterations = settings.Integer(OptimizationSettings.Iterations);
        BatchSize = problem.Seeds.Count;
        _loss = new InversionLoss(problem);
        using var scope = NewDisposeScope();
        _z = CodeStart.Draw(problem.Seeds, composition.CodeShape, _generator.Device, _generator.Dtype).requires_grad_().DetachFromDisposeScope();
        _w = full([BatchSize, .. composition.WeightShape], composition.StartWeight, _generator.Dtype, _generator.Device)
            .requires_grad_()
            .DetachFromDisposeScope();
        _parameters = [_z, _w];
        IReadOnlyList<(string, Tensor)> named = [("z", _z), ("w", _w)];
        var learningRate = settings.Number(OptimizationSettings.LearningRate);
        _update = settings.Choice(OptimizationSettings.Optimizer) == OptimizationSettings.Adam
            ? new AdamUpdate(named, learningRate)
            : new SgdUpdate(named, learningRate);
        _state = [.. named, .. _update.State];
    }

    public override int Iteration => _iteration;

    public override int Iterations { get; }

    public override int BatchSize { get; }

    /// <summary>Demands that a problem's parts fit each other and its settings.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void CheckProblem(IInversionMethod method, InversionProblem problem)
    {
        var architecture = problem.Generator.Architecture;
        if (method.Check(problem.Settings, architecture) is [var issue, ..]) throw new ArgumentException(issue.Message, nameof(problem));
        long[] expected = [problem.Seeds.Count, 3, architecture.Resolution, architecture.Resolution];
        if (!problem.Targets.shape.SequenceEqual(expected))
        {
            throw new ArgumentException(
                $"The targets have the shape [{string.Join(", ", problem.Targets.shape)}], but {problem.Seeds.Count} seeds and this generator need "
                + $"[{string.Join(", ", expected)}].",
                nameof(problem));
        }

        if (problem.Settings.Choice(PerceptualSetting.Name) is not PerceptualSetting.None and var network && problem.Perceptual?.Name != network)
            throw new ArgumentException($"The settings ask for the perceptual network '{network}', which the generator does not bring.", nameof(problem));
        if (method.UsesSubspaces && problem.Partition is null)
            throw new ArgumentException($"The method '{method.Name}' needs the subspaces of the split layer's channels.", nameof(problem));
    }

    public override void Step()
    {
        if (IsFinished) throw new InvalidOperationException($"All {Iterations} iterations are done.");
        using var scope = NewDisposeScope();
        var losses = _loss.PerImage(Images());
        var gradients = autograd.grad([losses.sum()], _parameters);
        using var off = no_grad();
        _update.Update(gradients, _iteration);
        KeepLosses(losses.detach());
        _iteration++;
    }

    public override float[] Losses()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        if (_latestLosses is null) KeepLosses(_loss.PerImage(Images()));
        return Floats(_latestLosses!);
    }

    public override Tensor Reconstruct()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return Images().MoveToOuterDisposeScope();
    }

    public override byte[] Checkpoint(int image) => Write(image, _state);

    public override byte[] Codes(int image) => Write(image, _state.Take(_parameters.Length));

    public override void Restore(IReadOnlyList<byte[]> checkpoints)
    {
        if (checkpoints.Count != BatchSize)
            throw new ArgumentException($"There are {checkpoints.Count} checkpoints for {BatchSize} images.", nameof(checkpoints));
        var files = checkpoints.Select((content, image) => SafetensorsFile.Read(content, $"The checkpoint of image {image}")).ToArray();
        foreach (var file in files) CheckOrigin(file.Header, IterationOf(files[0].Header));
        var values = _state.Select(tensor => files.Select(file => file.ReadFloats(tensor.Name, tensor.Value.shape[1..])).ToArray()).ToArray();

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

        _iteration = IterationOf(files[0].Header);
        _latestLosses?.Dispose();
        _latestLosses = null;
    }

    protected override void Dispose(bool disposing)
    {
        _latestLosses?.Dispose();
        foreach (var (_, tensor) in _state) tensor.Dispose();
        _update.Dispose();
        _loss.Dispose();
        _composition.Dispose();
    }

    private Tensor Images() => _generator.Upper(_composition.Compose(_z, _w), _split);

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
                $"is of iteration {IterationOf(header)}, but iteration {iteration} of at most {Iterations} is needed");
        }
    }

    private byte[] Write(int image, IEnumerable<(string Name, Tensor Value)> tensors)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var writer = new SafetensorsWriter()
            .AddMetadata(MethodEntry, _method)
            .AddMetadata(IterationEntry, _iteration.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in tensors) writer.Add(name, Floats(value.select(0, image)), value.shape[1..]);
        return writer.ToArray();
    }

    private static float[] Floats(Tensor tensor) => tensor.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
}
