namespace PmSFC.Storage;

/// <summary>Paths that begin in the user's home, which a shell expands at the beginning of a word alone: not in <c>--store=~/faces</c>, not in a file.</summary>
public static class HomeFolder
{
    /// <summary>The path with a leading <c>~</c> replaced by the home of this process's user; any other path as it is.</summary>
    /// <exception cref="ArgumentException">It begins with <c>~name</c>, or no home is known; the message is a clause that follows "but".</exception>
    public static string Expand(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('~'))
            return path;
        if (path.Length > 1 && path[1] != '/' && path[1] != Path.DirectorySeparatorChar)
            throw new ArgumentException(
                $"the home of another user is not looked up: write the path out, or ./{path} for what has this name here"
            );
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return home.Length == 0
                ? throw new ArgumentException("this process has no home folder, because HOME is not set: write the path out")
            : path.Length <= 2 ? home
            : Path.Combine(home, path[2..].TrimStart('/'));
    }
}
