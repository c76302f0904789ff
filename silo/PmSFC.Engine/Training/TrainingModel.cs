using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Training;

/// <summary>What tells one training from another: the network's weights, and the loss of an iteration as a function of them.</summary>
internal abstract class TrainingModel(TrainingProblem problem) : IDisposable
{
    // Draws that belong to no iteration: iterations count from 0.
    private const long StartDraw = -1;

    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];

    /// <summary>Iterations in all.</summary>
    protected int Iterations => Settings.Steps;

    /// <summary>What every training has.</summary>
    public TrainingSettings Settings { get; } = TrainingSettings.Bind(problem.Settings);

    /// <summary>The generator that the network will serve.</summary>
    protected IGenerator Generator { get; } = problem.Generator;

    /// <summary>The weights by name, as <see cref="Weight"/> lays them out.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => _parameters;

    /// <summary>What the network has in addition to its weights, such as running statistics, by name; computing a loss may change it.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Buffers => _buffers;

    /// <summary>Names of the loss's terms.</summary>
    public abstract IReadOnlyList<string> Terms { get; }

    /// <summary>
    /// The iteration from which on the loss is the one of a given iteration, where a training has several one after the other; Adam's moments begin there
    /// again.
    /// </summary>
    /// <param name="iteration">Iterations done before.</param>
    public virtual int PhaseStart(int iteration) => 0;

    /// <summary>What Adam's step size is multiplied by at an iteration: half a cosine that falls to 0, where the settings or the training have nothing else.</summary>
    /// <param name="iteration">Iterations done before.</param>
    public virtual double LearningRateScale(int iteration) => 0.5 * (1 + Math.Cos(Math.PI * iteration / Iterations));

    /// <summary>Whether weight decay, where the settings ask for it, is for this weight too.</summary>
    public virtual bool Decays(string name) => true;

    /// <summary>The loss of an iteration, which depends on the weights, the seed and the iteration's number alone.</summary>
    /// <param name="iteration">Iterations done before.</param>
    /// <returns>What is minimised, and its terms before they are weighted; owned by the caller's dispose scope.</returns>
    public abstract (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration);

    /// <summary>Weights and buffers as a file, convolutions in the usual order [output, input, height, width].</summary>
    /// <param name="kind">Kind of the network, kept in the metadata.</param>
    /// <param name="averages">Running means of weights by name, which take the weights' place.</param>
    public byte[] Export(string kind, IReadOnlyDictionary<string, Tensor> averages)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var writer = new SafetensorsWriter().AddMetadata("kind", kind).AddMetadata(TrainedNetwork.TrainedEntry, "PmSFC");
        foreach (var (name, value) in _parameters.Concat(_buffers).Where(tensor => IsExported(tensor.Name)))
        {
            var stored = averages.GetValueOrDefault(name, value);
            var usual = stored.dim() == 4 ? stored.permute(0, 3, 1, 2) : stored;
            writer.Add(name, Floats(usual), usual.shape);
        }

        return writer.ToArray();
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var (_, value) in _parameters.Concat(_buffers))
            value.Dispose();
    }

    /// <summary>A tensor's numbers in row-major order.</summary>
    internal static float[] Floats(Tensor tensor) => tensor.detach().to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();

    /// <summary>
    /// Adds a layer's weight and bias: normal with variance 2 / fan-in (He et al. 2015), and 0. A convolution's weight is kept with its channels
    /// innermost, [output, height, width, input], see <see cref="NetworkLayers.ChannelsLast"/>.
    /// </summary>
    protected void AddLayer(string name, params long[] shape) =>
        AddLayer(name, shape, Deviation(shape.Skip(1).Aggregate(1L, (product, size) => product * size)), shape[0]);

    /// <summary>Adds a layer that begins otherwise, or whose weight lies in another order, as a transposed convolution's does.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="shape">The weight's sizes; of four, the second dimension of the usual order comes last.</param>
    /// <param name="deviation">Standard deviation of the weight's start.</param>
    /// <param name="outputs">Length of the bias.</param>
    protected void AddLayer(string name, long[] shape, double deviation, long outputs)
    {
        using var scope = NewDisposeScope();
        AddParameter(
            $"{name}.weight",
            Normal(StartDraw - _parameters.Count, shape).Multiply(deviation).to(Generator.Dtype, Generator.Device)
        );
        AddParameter($"{name}.bias", zeros(outputs, dtype: Generator.Dtype, device: Generator.Device));
    }

    /// <summary>√(2 / fan-in), with which weights begin by He et al. 2015.</summary>
    /// <param name="fanIn">Numbers that one output sums up.</param>
    protected static double Deviation(long fanIn) => Math.Sqrt(2.0 / fanIn);

    /// <summary>Whether a weight belongs to the network; one that does not serves the training alone and stays in checkpoints.</summary>
    public virtual bool IsExported(string name) => true;

    /// <summary>Adds a weight of a given start, which the model owns.</summary>
    protected void AddParameter(string name, Tensor start) => _parameters.Add((name, start.requires_grad_().DetachFromDisposeScope()));

    /// <summary>Adds what is part of the network but not trained, which the model owns.</summary>
    protected void AddBuffer(string name, Tensor value) => _buffers.Add((name, value.DetachFromDisposeScope()));

    /// <summary>A weight or a buffer as a convolution or a matrix product takes it.</summary>
    protected Tensor Weight(string name)
    {
        var value = _parameters.Concat(_buffers).First(tensor => tensor.Name == name).Value;
        return value.dim() == 4 ? value.permute(0, 3, 1, 2) : value;
    }

    /// <summary>
    /// The images to learn from in an iteration: samples of the generator, or images of the user, drawn with replacement and mirrored half of the
    /// time. The seed and the iteration determine them; <see cref="Codes"/> has the samples' codes.
    /// </summary>
    /// <returns>[batch, 3, H, W], range −1 to 1, without gradients; owned by the caller's dispose scope.</returns>
    protected Tensor Images(int iteration, int batch)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var images = problem.Images is { } given ? Drawn(given, iteration, batch) : Generator.Forward(Codes(iteration, batch)).Clamp(-1, 1);
        return images.MoveToOuterDisposeScope();
    }

    /// <summary>The latent codes of an iteration's samples: draw number <paramref name="iteration"/> of <see cref="Normal"/>.</summary>
    /// <returns>[batch, latent], normalized; owned by the caller's dispose scope.</returns>
    protected Tensor Codes(int iteration, int batch)
    {
        using var scope = NewDisposeScope();
        var numbers = Normal(iteration, batch, Generator.Architecture.LatentSize).to(Generator.Dtype, Generator.Device);
        return Generator.NormalizeLatents(numbers).MoveToOuterDisposeScope();
    }

    /// <summary>Numbers of N(0, 1) that the problem's seed and the draw's number determine.</summary>
    protected Tensor Normal(long draw, params long[] shape) => NormalNumbers.Draw(problem.Seed, draw, shape);

    private Tensor Drawn(TrainingImages given, int iteration, int batch)
    {
        var random = new SplitMix64(SplitMix64.Derive(problem.Seed, iteration));
        var draws = Enumerable
            .Range(0, batch)
            .Select(_ => (Index: random.NextIndex(given.Images.Count), Mirrored: random.NextIndex(2) == 1))
            .ToArray();
        var images = ImageTensors.ToTensor([.. draws.Select(draw => given.Images[draw.Index])], Generator.Device, Generator.Dtype);
        var mirrored = tensor(draws.Select(draw => draw.Mirrored).ToArray(), device: Generator.Device).view(batch, 1, 1, 1);
        return where(mirrored, images.flip(3), images);
    }
}
