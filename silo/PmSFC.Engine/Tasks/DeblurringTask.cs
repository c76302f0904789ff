using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>
/// Deblurring: P is the convolution with a Gaussian of known width, cut off at four standard deviations, its weights summing to 1, edge pixels repeated.
/// Not in the paper, whose Eq. 9 takes any P that can be differentiated.
/// </summary>
public sealed class DeblurringTask : IInversionTask
{
    private const string Sigma = "sigma";

    /// <inheritdoc/>
    public string Name => "deblurring";

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Sigma, SettingKind.Number, "2", "standard deviation of the Gaussian, in pixels")
                {
                    Minimum = 0,
                    ExcludesMinimum = true,
                    Maximum = 64,
                },
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>()
        );

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MethodSettings { get; } =
        new Dictionary<string, string> { [PerceptualSetting.WeightName] = "0" };

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        Bind(settings) < architecture.Resolution
            ? []
            :
            [
                new SettingIssue(
                    Sigma,
                    $"'{Sigma}' is {settings[Sigma]}, which leaves nothing of a {architecture.Resolution}-pixel image; give it less."
                ),
            ];

    /// <inheritdoc/>
    public IDegradation Bind(TaskInputs inputs)
    {
        using var scope = NewDisposeScope();
        var side = inputs.Resolution;
        return new Blurred(
            tensor(Weights(Bind(inputs.Settings), side)).view(side, side).to(inputs.Dtype, inputs.Device).DetachFromDisposeScope()
        );
    }

    private static double Bind(ResolvedSettings settings) => settings.Number(Sigma);

    /// <summary>What each pixel of a row gives to each pixel of the blurred row: side×side, row-major, each row summing to 1.</summary>
    private static double[] Weights(double sigma, int side)
    {
        var reach = (int)Math.Ceiling(4 * sigma);
        double[] kernel = [.. Enumerable.Range(-reach, 2 * reach + 1).Select(offset => Math.Exp(-offset * offset / (2 * sigma * sigma)))];
        var total = kernel.Sum();
        var weights = new double[side * side];
        for (var to = 0; to < side; to++)
        {
            for (var k = 0; k < kernel.Length; k++)
                weights[to * side + Math.Clamp(to + k - reach, 0, side - 1)] += kernel[k] / total;
        }

        return weights;
    }

    /// <summary>The Gaussian is separable, so a product from either side blurs columns and rows.</summary>
    private sealed class Blurred(Tensor weights) : IDegradation
    {
        public Tensor Degrade(Tensor images)
        {
            using var scope = NewDisposeScope();
            return weights.matmul(images).matmul(weights.t()).MoveToOuterDisposeScope();
        }

        public void Dispose() => weights.Dispose();
    }
}
