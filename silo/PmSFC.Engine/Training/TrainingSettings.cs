using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Training;

/// <summary>The settings that every training has.</summary>
internal static class TrainingSettings
{
    public const string Iterations = "iterations";
    public const string Batch = "batch";
    public const string LearningRate = "learning-rate";

    public static IEnumerable<SettingDefinition> Definitions(string iterations, string batch, string learningRate) =>
    [
        new(Iterations, SettingKind.Integer, iterations, "number of Adam steps") { Minimum = 1, Maximum = 10_000_000 },
        new(Batch, SettingKind.Integer, batch, "images in each step: fresh samples of the generator, or drawn from a user's images") { Minimum = 1, Maximum = 1024 },
        new(LearningRate, SettingKind.Number, learningRate, "Adam's step size at the beginning; it falls to 0 along half a cosine")
        {
            Minimum = 0, ExcludesMinimum = true, Maximum = 1,
        },
    ];
}
