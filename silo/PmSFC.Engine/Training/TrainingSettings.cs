using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>The settings that every training has, and those that some have.</summary>
internal sealed record TrainingSettings
{
    public const string Iterations = "iterations";
    public const string Batch = "batch";
    public const string LearningRate = "learning-rate";

    /// <summary>The choice of <see cref="Schedule"/> that is the authors' own.</summary>
    public const string Authors = "authors";

    private const string Cosine = "cosine";

    /// <summary>Adam's β₂.</summary>
    public static SettingDefinition Beta2 { get; } =
        new("beta2", SettingKind.Number, "0.999", "Adam's β₂: the smaller, the sooner a step forgets how large gradients once were")
        {
            Minimum = 0,
            Maximum = 0.999999,
            OmittedAtDefault = true,
        };

    /// <summary>L2 regularization as part of the gradient, as Caffe's and PyTorch's Adam have it.</summary>
    public static SettingDefinition WeightDecay { get; } =
        new("weight-decay", SettingKind.Number, "0", "times a weight is added to its gradient before Adam sees it")
        {
            Minimum = 0,
            Maximum = 1,
            OmittedAtDefault = true,
        };

    /// <summary>The running mean of the weights.</summary>
    public static SettingDefinition AverageDecay { get; } =
        new(
            "ema-decay",
            SettingKind.Number,
            "0",
            "d of a running mean of the weights, d · mean + (1 − d) · weights after each step, which is stored in their place; 0 for none"
        )
        {
            Minimum = 0,
            Maximum = 0.999999,
            OmittedAtDefault = true,
        };

    /// <summary>How the step size changes.</summary>
    /// <param name="authors">What the network's authors do.</param>
    public static SettingDefinition Schedule(string authors) =>
        new("schedule", SettingKind.Choice, Cosine, $"step size: cosine falls to 0 along half a cosine; authors {authors}")
        {
            Choices = [Cosine, Authors],
            OmittedAtDefault = true,
        };

    /// <summary>Adam's steps.</summary>
    public required int Steps { get; init; }

    /// <summary>Images in each step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Adam's step size at the beginning.</summary>
    public required double StepSize { get; init; }

    /// <summary>Adam's β₂.</summary>
    public required double SecondMomentDecay { get; init; }

    /// <summary>Times a weight that is added to its gradient.</summary>
    public required double WeightShare { get; init; }

    /// <summary>d of the running mean of the weights; 0 for none.</summary>
    public required double MeanDecay { get; init; }

    public static TrainingSettings Bind(ResolvedSettings settings) =>
        new()
        {
            Steps = settings.Integer(Iterations),
            BatchSize = settings.Integer(Batch),
            StepSize = settings.Number(LearningRate),
            SecondMomentDecay = settings.Number(Beta2),
            WeightShare = settings.Number(WeightDecay),
            MeanDecay = settings.Number(AverageDecay),
        };

    public static IEnumerable<SettingDefinition> Definitions(string iterations, string batch, string learningRate) =>
        [
            new(Iterations, SettingKind.Integer, iterations, "number of Adam steps") { Minimum = 1, Maximum = 10_000_000 },
            new(Batch, SettingKind.Integer, batch, "images in each step: fresh samples of the generator, or drawn from a user's images")
            {
                Minimum = 1,
                Maximum = 1024,
            },
            new(LearningRate, SettingKind.Number, learningRate, "Adam's step size at the beginning")
            {
                Minimum = 0,
                ExcludesMinimum = true,
                Maximum = 1,
            },
        ];
}
