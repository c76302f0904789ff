using PmSFC.Wording;

namespace PmSFC.Imaging.Files;

/// <summary>A file that a user named cannot be opened. The message is one sentence: which file, what is wrong, what to do.</summary>
public sealed class UserFileException : IOException
{
    /// <summary>A file that cannot be opened.</summary>
    /// <param name="path">The path as the user wrote it.</param>
    /// <param name="problem">The sentence's rest, after the path.</param>
    /// <param name="innerException">What the file system said.</param>
    public UserFileException(string path, string problem, Exception? innerException = null)
        : base($"{ShownText.Line(path)} {problem}", innerException) => Problem = problem;

    /// <summary>The sentence's rest, after the path.</summary>
    public string Problem { get; }
}
