using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Planning;

/// <summary>
/// Predicts memory and work from sizes alone, in single precision. Counted are the maps that a backward pass needs, eight of the largest for what
/// passes between layers and libraries (measured), the parameters with their gradients and moments, and the weights.
/// </summary>
public static class WorkPlanner
{
    private const int ElementSize = sizeof(float);
    private const double PassingMaps = 8;
    private const int CopiesOfParameters = 5;

    /// <summary>What a batch takes.</summary>
    /// <param name="method">An inversion method.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="subspaces">R; 1 for a method without subspaces.</param>
    /// <param name="perceptual">The perceptual network's sizes; <see langword="null"/> where there is none.</param>
    /// <param name="batch">B, at least 1.</param>
    public static WorkEstimate Estimate(
        IInversionMethod method,
        ResolvedSettings settings,
        GeneratorArchitecture architecture,
        int subspaces,
        IPerceptualArchitecture? perceptual,
        int batch)
    {
        var plan = method.Plan(settings, architecture, subspaces);
        var cost = plan.Cost + Loss(architecture, perceptual) * plan.Candidates;
        var perImage = cost.SavedElements + PassingMaps * cost.LargestElements + CopiesOfParameters * plan.Parameters;
        var weights = Weights(architecture, perceptual);
        return new WorkEstimate((long)(ElementSize * (weights + batch * perImage)), 2 * batch * cost.MultiplyAdds);
    }

    /// <summary>The most images that fit into memory at once; 0 where not even one does.</summary>
    /// <param name="method">An inversion method.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="subspaces">R; 1 for a method without subspaces.</param>
    /// <param name="perceptual">The perceptual network's sizes; <see langword="null"/> where there is none.</param>
    /// <param name="bytesAvailable">Device memory that the batch may take.</param>
    public static int MaximumBatch(
        IInversionMethod method,
        ResolvedSettings settings,
        GeneratorArchitecture architecture,
        int subspaces,
        IPerceptualArchitecture? perceptual,
        long bytesAvailable)
    {
        var none = Estimate(method, settings, architecture, subspaces, perceptual, 0).Bytes;
        var one = Estimate(method, settings, architecture, subspaces, perceptual, 1).Bytes;
        return (int)Math.Clamp((bytesAvailable - none) / (one - none), 0, int.MaxValue);
    }

    /// <summary>What one iteration of a network's training takes.</summary>
    /// <param name="trained">The pass through which gradients flow, of one sample.</param>
    /// <param name="samplingMultiplyAdds">Of drawing one sample, without gradients.</param>
    /// <param name="parameters">Numbers that are trained.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="batch">Samples of an iteration.</param>
    public static WorkEstimate Training(
        NetworkCost trained, double samplingMultiplyAdds, double parameters, GeneratorArchitecture architecture, int batch)
    {
        var perSample = trained.SavedElements + PassingMaps * trained.LargestElements;
        return new WorkEstimate(
            (long)(ElementSize * (Weights(architecture, null) + CopiesOfParameters * parameters + batch * perSample)),
            batch * (3 * trained.MultiplyAdds + samplingMultiplyAdds));
    }

    private static NetworkCost Loss(GeneratorArchitecture architecture, IPerceptualArchitecture? perceptual)
    {
        var pixels = (double)architecture.Resolution * architecture.Resolution;
        return new NetworkCost(4 * 3 * pixels, 3 * pixels, 0) + (perceptual?.Cost(architecture.Resolution) ?? default);
    }

    private static double Weights(GeneratorArchitecture architecture, IPerceptualArchitecture? perceptual)
    {
        var generator = 16.0 * architecture.LatentSize * architecture.Channels[0]
            + architecture.Channels.Zip(architecture.Channels.Skip(1), (input, output) => 9.0 * input * output).Sum();
        return generator + (perceptual?.Weights ?? 0);
    }
}
