using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Planning;

/// <summary>
/// Predicts memory and work from sizes alone, in single precision. Counted are the weights, the parameters with Adam's moments and their gradients,
/// the targets, and the most that both passes hold at one time, see <see cref="NetworkCost"/>. What a task takes from images changes that by a few maps of RGB,
/// and is not counted.
/// </summary>
public static class WorkPlanner
{
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
        int batch
    )
    {
        var plan = method.Plan(settings, architecture, subspaces);
        var (loss, targets) = Loss(architecture, perceptual);
        var cost = (plan.Order == ImageOrder.Together ? plan.Cost * batch : plan.Cost.Repeat(batch)) + loss * batch * plan.Candidates;
        var pixelsOnly = plan.PixelsOnly * batch + Loss(architecture, null).Cost * batch;
        var kept = plan.Shared + batch * (plan.Constants + plan.Candidates * targets);
        return WorkEstimate.OfOptimization(
            architecture.Weights + (perceptual?.Weights ?? 0) + kept,
            batch * plan.Parameters,
            Math.Max(cost.PeakElements, pixelsOnly.PeakElements),
            2 * cost.MultiplyAdds
        );
    }

    /// <summary>The size of the codes that are stored of one image, in bytes; 0 for a method without.</summary>
    /// <param name="method">An inversion method.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="subspaces">R; 1 for a method without subspaces.</param>
    public static long CodesBytes(IInversionMethod method, ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var plan = method.Plan(settings, architecture, subspaces);
        return method is IOptimizationMethod ? (long)(sizeof(float) * (plan.Codes ?? plan.Parameters + plan.Constants)) : 0;
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
        long bytesAvailable
    )
    {
        var one = Estimate(method, settings, architecture, subspaces, perceptual, 1).Bytes;
        var two = Estimate(method, settings, architecture, subspaces, perceptual, 2).Bytes;
        return bytesAvailable < one ? 0 : (int)Math.Min(1 + (bytesAvailable - one) / (two - one), int.MaxValue);
    }

    /// <summary>What one iteration of a network's training takes.</summary>
    /// <param name="trained">The pass through which gradients flow, of one sample.</param>
    /// <param name="samplingMultiplyAdds">Of drawing one sample, without gradients.</param>
    /// <param name="parameters">Numbers that are trained.</param>
    /// <param name="architecture">The generator's sizes.</param>
    /// <param name="batch">Samples of an iteration.</param>
    /// <param name="averages">Numbers of which running means are kept.</param>
    public static WorkEstimate Training(
        NetworkCost trained,
        double samplingMultiplyAdds,
        double parameters,
        GeneratorArchitecture architecture,
        int batch,
        double averages = 0
    ) =>
        WorkEstimate.OfOptimization(
            architecture.Weights + averages,
            parameters,
            batch * trained.PeakElements,
            batch * (3 * trained.MultiplyAdds + samplingMultiplyAdds)
        );

    /// <returns>What the loss takes, and numbers of the target and of its features.</returns>
    private static (NetworkCost Cost, double Targets) Loss(GeneratorArchitecture architecture, IPerceptualArchitecture? perceptual)
    {
        var pixels = 3.0 * architecture.Resolution * architecture.Resolution;
        var cost = LayerCost.Comparison(pixels);
        if (perceptual is null)
            return (cost, pixels);
        var features = perceptual.Features(architecture.Resolution);
        return (cost + perceptual.Cost(architecture.Resolution) + LayerCost.Comparison(features), pixels + features);
    }
}
