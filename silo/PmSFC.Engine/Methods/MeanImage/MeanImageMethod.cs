using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.MeanImage;

/// <summary>
/// The mean of the generator's images over samples z ~ N(0, I), the same for every target: what knowing the generator and nothing of the target gives, which
/// every inversion must beat.
/// </summary>
public sealed class MeanImageMethod : FeedForwardMethod
{
    private const string Samples = "samples", SampleSeed = "sample-seed";
    private const int Batch = 8;

    /// <inheritdoc/>
    public override string Name => "mean-image";

    /// <inheritdoc/>
    public override string Title => "Mean image";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tasks { get; } = [.. TaskCatalog.All.Select(task => task.Name)];

    /// <inheritdoc/>
    public override SettingsSchema Settings { get; } = Schema(
        new(Samples, SettingKind.Integer, "256", "images that the mean is taken of") { Minimum = 1, Maximum = 100_000 },
        new(SampleSeed, SettingKind.Integer, "0", "seed of their latent codes") { Minimum = 0 });

    /// <inheritdoc/>
    public override ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces)
    {
        var image = architecture.LowerCost(architecture.Layers) + architecture.OutputCost;
        return new ModelPlan(new NetworkCost(0, Batch * image.PeakElements, image.MultiplyAdds * settings.Integer(Samples)), 0);
    }

    private protected override Tensor Compute(Tensor left, InversionProblem problem)
    {
        using var scope = NewDisposeScope();
        var (generator, samples, seed) = (problem.Generator, problem.Settings.Integer(Samples), problem.Settings.Integer(SampleSeed));
        var side = generator.Architecture.Resolution;
        var sum = zeros([1, 3, side, side], dtype: generator.Dtype, device: generator.Device);
        for (var begin = 0; begin < samples; begin += Batch)
        {
            using var inner = NewDisposeScope();
            var codes = NormalNumbers.Draw(seed, begin, Math.Min(Batch, samples - begin), generator.Architecture.LatentSize).to(generator.Dtype, generator.Device);
            sum.AddInPlace(generator.Forward(codes).sum([0L], keepdim: true));
        }

        return sum.DivideBy(samples).expand(left.shape[0], -1, -1, -1).clone().MoveToOuterDisposeScope();
    }
}
