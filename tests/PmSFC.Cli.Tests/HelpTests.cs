using System.CommandLine;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Logging;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using Spectre.Console;

namespace PmSFC.Cli.Tests;

/// <summary>Help texts that list names list all that there are.</summary>
public sealed class HelpTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly LogFile _log;
    private readonly Command _root;

    public HelpTests()
    {
        _log = new LogFile(_folder.Path, TimeProvider.System);
        _root = PmsfcCommand.Create(
            new CliHost(AnsiConsole.Console, TextWriter.Null, TextWriter.Null, IsTerminal: false, _log, TimeProvider.System),
            new GlobalOptions()
        );
    }

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Options_ThatTakeANameOfACatalogue_ListEveryName()
    {
        Lists("subspaces discover", "--method", EngineCatalog.BuiltIn.Discoveries.Select(discovery => discovery.Name));
        Lists("subspaces discover", "--preset", EngineCatalog.BuiltIn.Discoveries.SelectMany(discovery => discovery.Settings.Presets.Keys));
        Lists("invert", "--method", EngineCatalog.BuiltIn.Methods.Select(method => method.Name));
        Lists("invert", "--preset", EngineCatalog.BuiltIn.Methods.SelectMany(method => method.Settings.Presets.Keys));
        Lists("invert", "--task", EngineCatalog.BuiltIn.Tasks.Select(task => task.Name));
    }

    private void Lists(string path, string option, IEnumerable<string> names)
    {
        var command = path.Split(' ').Aggregate(_root, (above, name) => above.Subcommands.Single(below => below.Name == name));
        var words = command.Options.Single(candidate => candidate.Name == option).Description!.Split(' ', ',', ';', ':');
        names.Distinct().Except(words).ShouldBeEmpty($"{path} {option}");
    }
}
