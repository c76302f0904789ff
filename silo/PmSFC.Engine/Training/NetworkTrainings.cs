using PmSFC.Engine.Training.Colorization;
using PmSFC.Engine.Training.SuperResolution;

namespace PmSFC.Engine.Training;

/// <summary>The kinds of network that can be trained. A new one is a new file and one line here.</summary>
public static class NetworkTrainings
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<INetworkTraining> All { get; } =
    [
        new EncoderTraining(),
        new ColorizerTraining(),
        new RcanTraining(),
        new EsrganTraining(),
    ];

    /// <summary>The training of a kind; <see langword="null"/> where there is none.</summary>
    public static INetworkTraining? Find(string kind) => All.FirstOrDefault(training => training.Kind == kind);
}
