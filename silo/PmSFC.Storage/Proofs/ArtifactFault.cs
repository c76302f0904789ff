namespace PmSFC.Storage;

/// <summary>An artifact that is not what its name says.</summary>
/// <param name="Artifact">Its name.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Problem">The rest of a sentence that begins with the name, without its full stop.</param>
public sealed record ArtifactFault(string Artifact, FaultKind Kind, string Problem)
{
    /// <summary>The sentence, without its full stop.</summary>
    public string Sentence => $"{Artifact} {Problem}";

    /// <summary>One that is not there.</summary>
    public static ArtifactFault Missing(string artifact) => new(artifact, FaultKind.Missing, "is missing");

    /// <summary>One that has changed since it was written.</summary>
    public static ArtifactFault Changed(string artifact) => new(artifact, FaultKind.Damaged, "has changed since it was stored");
}
