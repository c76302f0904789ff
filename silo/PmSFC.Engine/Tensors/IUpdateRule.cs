using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>An optimizer of a fixed list of tensors, with state that can be saved and restored exactly.</summary>
internal interface IUpdateRule : IDisposable
{
    /// <summary>State by name; the first dimension of every tensor is the image's.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>Changes the parameters in place. Call it where gradients are off.</summary>
    /// <param name="gradients">One for each parameter.</param>
    /// <param name="iteration">Updates done before this one.</param>
    /// <param name="scale">What the step sizes are multiplied by.</param>
    void Update(IList<Tensor> gradients, int iteration, double scale = 1);
}
