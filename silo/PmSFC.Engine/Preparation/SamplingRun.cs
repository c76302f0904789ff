using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Preparation;

/// <summary>What is found of a generator by drawing codes z ~ N(0, I), a batch an iteration: nothing is minimised.</summary>
/// <param name="generator">Whose codes are drawn.</param>
/// <param name="identity">What tells the run from every other.</param>
/// <param name="subject">What error messages call what is found.</param>
/// <param name="seed">Of the codes.</param>
/// <param name="samples">Number of codes.</param>
/// <param name="batch">Codes of an iteration.</param>
internal abstract class SamplingRun(IGenerator generator, string identity, string subject, long seed, int samples, int batch) : ContentRun
{
    private int _batches;

    protected IGenerator Generator { get; } = generator;

    public override int Iteration => _batches;

    public override int Iterations => (samples + batch - 1) / batch;

    /// <summary>Codes of the iterations that are done.</summary>
    protected int Counted => Math.Min(samples, _batches * batch);

    public override void Step()
    {
        if (_batches >= Iterations)
            throw new InvalidOperationException($"All {Iterations} batches of codes are drawn already.");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var count = Math.Min(batch, samples - Counted);
        Count(NormalNumbers.Draw(seed, _batches + 1, count, Generator.Architecture.LatentSize).to(Generator.Dtype, Generator.Device));
        _batches++;
    }

    public override double Loss() => 0;

    public override byte[] Checkpoint() => Write(PreparationCheckpoint.Begin(identity, _batches)).ToArray();

    public override void Restore(byte[] checkpoint)
    {
        var file = SafetensorsFile.Read(checkpoint, $"The checkpoint of {subject}");
        var batches = PreparationCheckpoint.Iteration(file.Header, identity, Iterations, "preparation");
        using var scope = NewDisposeScope();
        Read(file);
        _batches = batches;
    }

    public override byte[] Finish()
    {
        if (_batches < Iterations)
            throw new InvalidOperationException($"Of {subject} {_batches} of {Iterations} batches of codes are counted.");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return Result();
    }

    /// <summary>Counts codes, [N, latent size]. Tensors that it makes are disposed of.</summary>
    protected abstract void Count(Tensor codes);

    /// <summary>Adds what is counted so far to a checkpoint.</summary>
    protected abstract SafetensorsWriter Write(SafetensorsWriter checkpoint);

    /// <summary>Goes on from what <see cref="Write"/> wrote.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    protected abstract void Read(SafetensorsFile checkpoint);

    /// <summary>The content, once all codes are counted.</summary>
    protected abstract byte[] Result();

    /// <summary>The numbers of a tensor, as a file holds them.</summary>
    protected static float[] Floats(Tensor values) => values.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
}
