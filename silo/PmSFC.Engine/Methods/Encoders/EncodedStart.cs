using PmSFC.Engine.Inversion;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Encoders;

/// <summary>Where searches begin that have an encoder: at the codes of what a task has left of the targets.</summary>
internal static class EncodedStart
{
    /// <summary>
    /// Encodes P(x), in the generator's size: a smaller P(x) is repeated pixel by pixel. The encoder has only seen whole samples, so that its codes
    /// are worse for a task that takes much away.
    /// </summary>
    /// <returns>[B, latent], normalized.</returns>
    public static Tensor Of(InversionProblem problem)
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var generator = problem.Generator;
        var left = problem.Degradation.Degrade(problem.Targets.to(generator.Dtype, generator.Device));
        if (left.shape[2] != generator.Architecture.Resolution)
            left = nn.functional.interpolate(left, problem.Targets.shape[2..], mode: InterpolationMode.Nearest);
        using var encoder = Encoder.Load(problem.Network!, generator);
        return encoder.Encode(left).MoveToOuterDisposeScope();
    }
}
