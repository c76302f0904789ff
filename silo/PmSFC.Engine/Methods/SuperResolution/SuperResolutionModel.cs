using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>A network for super-resolution in training: pairs of small and large images, and the network over them.</summary>
internal abstract class SuperResolutionModel : TrainingModel
{
    private const long PlaceDraw = 1;

    private readonly SuperResolutionArchitecture _architecture;
    private readonly IDegradation _degradation;
    private readonly long _seed;
    private readonly int _batch;

    /// <param name="problem">What to learn from.</param>
    /// <param name="architecture">The network's sizes.</param>
    /// <param name="gain">The standard deviation with which a layer's weights begin, times the root of its fan-in.</param>
    protected SuperResolutionModel(
        TrainingProblem problem,
        SuperResolutionArchitecture architecture,
        Func<SuperResolutionLayer, double> gain
    )
        : base(problem)
    {
        _architecture = architecture;
        _degradation = SuperResolutionSettings.Degradation(problem);
        _seed = problem.Seed;
        _batch = Settings.BatchSize;
        Side = SuperResolutionSettings.Bind(problem.Settings).Side(Generator.Architecture);
        using var scope = NewDisposeScope();
        foreach (var layer in architecture.Layers)
            AddConvolution(layer.Name, layer.Input, layer.Output, layer.Size, gain(layer));
        foreach (var (name, shape, values) in architecture.Buffers)
        {
            var value = tensor(values, dtype: Generator.Dtype, device: Generator.Device).view(shape);
            AddBuffer(name, shape.Length == 4 ? value.permute(0, 2, 3, 1).contiguous() : value.clone());
        }
    }

    /// <summary>Side of the large images, pixels.</summary>
    protected int Side { get; }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _degradation.Dispose();
    }

    /// <summary>Larger images by the present weights, differentiable in them.</summary>
    protected Tensor Enlarge(Tensor images) => _architecture.Enlarge(images, Weight);

    /// <summary>Adds a convolution whose weights are drawn with a standard deviation of gain / √fan-in, and whose biases are 0.</summary>
    protected void AddConvolution(string name, int input, int output, int size, double gain) =>
        AddLayer(name, [output, size, size, input], gain / Math.Sqrt((double)input * size * size), output);

    /// <summary>The pairs of an iteration: P(x) and x, or the same square of both, drawn at random for each pair.</summary>
    /// <returns>[batch, 3, side / factor, side / factor] and [batch, 3, side, side], without gradients; owned by the caller's dispose scope.</returns>
    protected (Tensor Small, Tensor Large) Pairs(int iteration)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var large = Images(iteration, _batch);
        var small = _degradation.Degrade(large);
        var places = (large.shape[2] - Side) / _architecture.Factor + 1;
        if (places > 1)
        {
            var random = new SplitMix64(SplitMix64.Derive(SplitMix64.Derive(_seed, iteration), PlaceDraw));
            var squares = Enumerable
                .Range(0, _batch)
                .Select(i => (i, random.NextIndex((int)places), random.NextIndex((int)places)))
                .ToArray();
            (large, small) = (Cut(large, squares, _architecture.Factor), Cut(small, squares, 1));
        }

        return (small.MoveToOuterDisposeScope(), large.MoveToOuterDisposeScope());
    }

    /// <param name="images">Small or large images.</param>
    /// <param name="squares">For each square the number of its image, and its place in pixels of the small images.</param>
    /// <param name="scale">Pixels of these images a pixel of the small ones.</param>
    private Tensor Cut(Tensor images, (int Image, int X, int Y)[] squares, int scale)
    {
        var side = Side / _architecture.Factor * scale;
        return cat(
            squares.Select(at => images.narrow(0, at.Image, 1).narrow(2, at.Y * scale, side).narrow(3, at.X * scale, side)).ToArray()
        );
    }
}
