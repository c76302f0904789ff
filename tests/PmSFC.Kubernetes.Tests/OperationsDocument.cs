namespace PmSFC.Kubernetes.Tests;

/// <summary>The document <c>docs/operations.md</c>.</summary>
internal static class OperationsDocument
{
    /// <summary>The commands of a part, without their comments; of the whole document where no heading is given.</summary>
    public static IReadOnlyList<string> Commands(string? heading = null)
    {
        IEnumerable<string> lines = File.ReadLines(Path.Combine(Monitoring.Manifests, "..", "docs", "operations.md"));
        if (heading is not null)
        {
            var marks = heading.Split(' ')[0];
            lines = lines
                .SkipWhile(line => line != heading)
                .Skip(1)
                .TakeWhile(line => !line.StartsWith('#') || line.Split(' ')[0].Length > marks.Length);
        }

        var isCode = false;
        var commands = new List<string>();
        foreach (var line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                isCode = !isCode;
            else if (isCode && !line.StartsWith('#'))
                commands.Add(line.Split("  #")[0].TrimEnd());
        }

        return commands;
    }
}
