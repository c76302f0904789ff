using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tensors;

/// <summary>Plain gradient descent, without momentum, in place.</summary>
internal sealed class SgdUpdate(
    IReadOnlyList<(string Name, Tensor Value)> parameters,
    double learningRate,
    Func<string, double>? scaleOf = null
) : IUpdateRule
{
    public IReadOnlyList<(string Name, Tensor Value)> State => [];

    public void Update(IList<Tensor> gradients, int iteration, double scale = 1)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            using Scalar step = -learningRate * scale * (scaleOf?.Invoke(parameters[i].Name) ?? 1);
            parameters[i].Value.add_(gradients[i], step);
        }
    }

    public void Dispose() { }
}
