using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Inversion;

/// <summary>The settings that say how codes are optimized, common to all methods that search.</summary>
internal sealed record OptimizationSettings
{
    public const string Codes = "codes";
    public const string Iterations = "iterations";
    public const string Optimizer = "optimizer";
    public const string Adam = "adam";
    public const string Sgd = "sgd";
    public const string Beta2 = "beta2";
    public const string LearningRate = "learning-rate";
    public const string WeightPace = "weight-pace";
    public const string Norms = "norms";
    public const string Mean = "mean";
    public const string Sum = "sum";

    public static SettingDefinition CodesDefinition(string byDefault, string description) =>
        new(Codes, SettingKind.Integer, byDefault, description) { Minimum = 1, Maximum = 256 };

    public static SettingDefinition WeightPaceDefinition(string byDefault) =>
        new(WeightPace, SettingKind.Number, byDefault, "step size of the composition weights, as a multiple of the codes'")
        {
            Minimum = 0,
            Maximum = 1e6,
        };

    public static IEnumerable<SettingDefinition> Definitions(
        string iterations,
        string learningRate,
        int fewest = 1,
        string schedule = LearningRateSchedule.Constant,
        string beta2 = "0.999"
    ) =>
        [
            new(Iterations, SettingKind.Integer, iterations, "number of optimization steps") { Minimum = fewest, Maximum = 1_000_000 },
            new(Optimizer, SettingKind.Choice, Adam, "update rule: adam (β₁ 0.9) or sgd (no momentum)") { Choices = [Adam, Sgd] },
            new(Beta2, SettingKind.Number, beta2, "Adam's β₂: the smaller, the sooner a step forgets how large gradients once were")
            {
                Minimum = 0,
                Maximum = 0.999999,
            },
            new(LearningRate, SettingKind.Number, learningRate, "step size")
            {
                Minimum = 0,
                ExcludesMinimum = true,
                Maximum = 1e6,
            },
            LearningRateSchedule.Definition(schedule),
            new(Norms, SettingKind.Choice, Mean, "whether both loss terms are means or sums over an image's elements")
            {
                Choices = [Mean, Sum],
            },
        ];

    /// <summary>Steps in all.</summary>
    public required int Steps { get; init; }

    /// <summary>Whether Adam updates; else plain gradient descent does.</summary>
    public required bool UsesAdam { get; init; }

    /// <summary>Adam's β₂.</summary>
    public required double SecondMomentDecay { get; init; }

    /// <summary>The step size of the first step.</summary>
    public required double StepSize { get; init; }

    /// <summary>How the step size changes.</summary>
    public required LearningRateSchedule Schedule { get; init; }

    /// <summary>Whether the loss terms are sums over an image's elements; else they are means.</summary>
    public required bool UsesSums { get; init; }

    /// <summary>The perceptual term, or <see langword="null"/> for none.</summary>
    public required PerceptualChoice? Perceptual { get; init; }

    public static OptimizationSettings Bind(ResolvedSettings settings) =>
        new()
        {
            Steps = settings.Integer(Iterations),
            UsesAdam = settings.Choice(Optimizer) == Adam,
            SecondMomentDecay = settings.Number(Beta2),
            StepSize = settings.Number(LearningRate),
            Schedule = LearningRateSchedule.Bind(settings),
            UsesSums = settings.Choice(Norms) == Sum,
            Perceptual = PerceptualSetting.Bind(settings),
        };
}
