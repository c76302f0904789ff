namespace PmSFC.Silo.Verifying;

/// <summary>What mends a fault.</summary>
public enum Remedy
{
    /// <summary><c>sweep resume</c>: it sets the artifact aside and makes it again.</summary>
    Resume,

    /// <summary><c>sweep run</c> with the user's files: an image or an imported network comes from nowhere else.</summary>
    RunFromFiles,

    /// <summary><c>generators import</c> with the user's files.</summary>
    ImportGenerator,
}
