using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// Images as a function of tensors that are optimized: what tells one method from another. What is drawn at random is a parameter or a constant, so
/// that a checkpoint keeps it.
/// </summary>
internal abstract class ImageModel : IDisposable
{
    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _constants = [];

    /// <summary>The tensors by the names that checkpoints and codes give them, [B, …] each: every image has its own.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters => _parameters;

    /// <summary>Tensors that are drawn once and not optimized, by name, [B, …] each.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Constants => _constants;

    /// <summary>M: images that are tried for each target. Each is optimized for itself, and the one with the least loss is the result.</summary>
    public virtual int Candidates => 1;

    /// <summary>How pixels are compared with the target's.</summary>
    public virtual PixelDistance Distance => PixelDistance.Squared;

    /// <summary>What the step size of a parameter is multiplied by, at every iteration.</summary>
    public virtual double LearningRateScale(string parameter) => 1;

    /// <summary>The images of the parameters, differentiable in them.</summary>
    /// <returns>[B·M, 3, H, W], the candidates of an image next to each other; owned by the caller's dispose scope.</returns>
    public abstract Tensor Images();

    /// <summary>The images that an iteration's loss compares, where a model varies them from one iteration to the next; otherwise <see cref="Images()"/>.</summary>
    /// <param name="iteration">Iterations done before; with the images' seeds it determines what is drawn.</param>
    /// <returns>As <see cref="Images()"/>.</returns>
    public virtual Tensor Images(int iteration) => Images();

    /// <summary>What is added to the comparison of images in the loss; <see langword="null"/> for nothing.</summary>
    /// <returns>[B]; owned by the caller's dispose scope.</returns>
    public virtual Tensor? Penalty() => null;

    /// <summary>What is done to the parameters after every update, without gradients.</summary>
    public virtual void AfterUpdate() { }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        foreach (var (_, value) in _parameters.Concat(_constants))
            value.Dispose();
    }

    /// <summary>Makes a tensor of starts a parameter, which the model owns.</summary>
    /// <param name="name">Unique within the model.</param>
    /// <param name="start">[B, …]; not a view of anything that lives on.</param>
    protected Tensor Parameter(string name, Tensor start)
    {
        var parameter = start.requires_grad_().DetachFromDisposeScope();
        _parameters.Add((name, parameter));
        return parameter;
    }

    /// <summary>Makes a tensor a constant, which the model owns.</summary>
    /// <param name="name">Unique within the model.</param>
    /// <param name="value">[B, …]; not a view of anything that lives on.</param>
    protected Tensor Constant(string name, Tensor value)
    {
        _constants.Add((name, value.DetachFromDisposeScope()));
        return value;
    }
}
