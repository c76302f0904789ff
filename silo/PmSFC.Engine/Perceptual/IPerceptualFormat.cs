using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;
using static TorchSharp.torch;

namespace PmSFC.Engine.Perceptual;

/// <summary>One kind of network that can serve as V, and how a file shows that it holds one. Stateless.</summary>
public interface IPerceptualFormat
{
    /// <summary>What error messages call it, with a tensor by which it is known.</summary>
    string Description { get; }

    /// <summary>Names of tensors by each of which it is known.</summary>
    IReadOnlyList<string> Marks { get; }

    /// <summary>A network's sizes.</summary>
    /// <param name="tensors">The network alone.</param>
    /// <exception cref="CheckpointException">They are not those of such a network.</exception>
    IPerceptualArchitecture Describe(StateDict tensors);

    /// <summary>Puts what is used of a network on a device.</summary>
    /// <param name="tensors">The network alone.</param>
    /// <param name="device">A CPU or CUDA device.</param>
    /// <param name="dtype">Single or double precision.</param>
    /// <exception cref="CheckpointException">A tensor is missing, has a wrong shape, or holds a weight that is not finite.</exception>
    IPerceptualNetwork Load(StateDict tensors, Device device, ScalarType dtype);

    /// <summary>Checks what sizes alone do not show, for a user's file.</summary>
    /// <param name="tensors">The network alone.</param>
    /// <exception cref="CheckpointException">The file is of another network that has tensors of the same names.</exception>
    void Check(StateDict tensors) { }
}
