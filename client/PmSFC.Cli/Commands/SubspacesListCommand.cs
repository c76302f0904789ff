using System.Text.Json;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Cli.Sessions;
using PmSFC.Engine.Subspaces;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>subspaces list</c>: the subspace sets of the store.</summary>
internal sealed class SubspacesListCommand(CliHost host, GlobalOptions options)
    : CliCommand("list", "List the stored sets of subspaces", host, options)
{
    /// <inheritdoc/>
    protected override async Task<int> RunAsync(Invocation invocation)
    {
        var store = invocation.OpenStoreToRead();
        var table = new Table().Border(TableBorder.Simple).AddColumns("id", "discovery", "split", "channels", "subspaces", "seed");
        foreach (var column in table.Columns.Skip(2))
            column.RightAligned();
        var problems = new List<string>();
        var names = await store.ListAsync(ArtifactNames.Subspaces, invocation.CancellationToken).ToListAsync(invocation.CancellationToken);
        foreach (var (name, id) in names.Select(name => (name, ArtifactNames.SubspaceSetOf(name))))
        {
            if (id is null || await store.ReadAsync(name, invocation.CancellationToken) is not { } artifact)
                continue;
            var set = Read(artifact.Content.Span, name, problems);
            if (invocation.Json)
                invocation.Lines.Write(
                    new
                    {
                        Event = "subspaces",
                        Id = id,
                        set?.Method,
                        set?.SplitLayer,
                        set?.Sizes,
                        set?.Seed,
                        Readable = set is not null,
                    }
                );
            else if (set is null)
                table.AddRow(Cell.Of(Amounts.ShortId(id)), Cell.Of("(cannot be read)"));
            else
                table.AddRow(
                    Cell.Of(Amounts.ShortId(id)),
                    Cell.Of(set.Method),
                    Cell.Of($"{set.SplitLayer}"),
                    Cell.Of($"{set.Labels.Count}"),
                    Cell.Of($"{set.Sizes.Count}"),
                    Cell.Of($"{set.Seed}")
                );
        }

        if (invocation.Json)
            return ExitCode.Done;
        if (table.Rows.Count > 0)
            invocation.Console.Write(table);
        else
            invocation.Say(
                $"There is no subspace set in {store.Description}; find one with: {invocation.Command("subspaces", "discover")}"
            );
        foreach (var problem in problems)
            invocation.Say(problem);
        return ExitCode.Done;
    }

    /// <returns>The set, or null where it cannot be read, which becomes a problem and keeps no other from being listed.</returns>
    private static SubspaceSet? Read(ReadOnlySpan<byte> content, string name, List<string> problems)
    {
        try
        {
            ArtifactFormat.Check(content, name);
            return SubspaceSet.FromJson(content);
        }
        catch (StoreException e)
        {
            problems.Add(e.Message);
        }
        catch (JsonException e)
        {
            problems.Add(
                $"{name} is not a subspace set ({ArtifactFormat.Reason(content, e)}); 'sweep resume' of a sweep that needs it finds it again."
            );
        }

        return null;
    }
}
