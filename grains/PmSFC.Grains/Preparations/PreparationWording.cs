using PmSFC.Abstractions.Preparations;

namespace PmSFC.Grains.Preparations;

/// <summary>What people are told of a preparation that their jobs wait for.</summary>
/// <param name="Subject">It, with the verb: <c>its network is</c>.</param>
/// <param name="Done">What is done to it: <c>trained</c>.</param>
internal readonly record struct PreparationWording(string Subject, string Done)
{
    /// <summary>The words for a kind.</summary>
    public static PreparationWording Of(string kind) =>
        kind switch
        {
            PreparationKinds.Subspaces => new("its subspaces are", "discovered"),
            PreparationKinds.Network => new("its network is", "trained"),
            _ => new($"its preparation '{kind}' is", "made"),
        };

    /// <summary>The failure of a job whose preparation failed.</summary>
    public static string FailureOf(string kind, string? message) =>
        kind switch
        {
            PreparationKinds.Subspaces => $"Its subspaces could not be discovered: {message}",
            PreparationKinds.Network => $"Its network could not be trained: {message}",
            _ => $"Its preparation '{kind}' could not be made: {message}",
        };
}
