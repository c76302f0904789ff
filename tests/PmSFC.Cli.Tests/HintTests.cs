using System.Diagnostics;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Sessions;
using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Arguments;
using PmSFC.Wording;

namespace PmSFC.Cli.Tests;

/// <summary>Command lines that the product prints, pasted into a shell.</summary>
public sealed class HintTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("a store")]
    [InlineData("it's $HOME *")]
    [InlineData("a&b;c|d<e>f(g)h`i`\"j\"\\k")]
    [InlineData("~x#y=z{1,2}[a]!b?")]
    [InlineData("")]
    [InlineData("line\nbreak\ttab")]
    [InlineData("Füße 猫")]
    public async Task Join_AnyWords_AreTheSameWordsInAShell(string word)
    {
        string[] words = ["pmsfc", word, "--store", word];

        using var shell = Process.Start(
            new ProcessStartInfo("bash", ["-c", $"printf '%s\\0' {ShellWords.Join(words)}"]) { RedirectStandardOutput = true }
        )!;

        var told = await shell.StandardOutput.ReadToEndAsync();
        told.Split('\0')[..^1].ShouldBe(words);
    }

    [Fact]
    public void Command_OptionsGiven_NamesTheSameStoreClusterAndGateways()
    {
        var host = InProcess.Host(TextWriter.Null, TextWriter.Null);
        var options = new GlobalOptions();
        string[] given = ["--store", "/tmp/my store", "--cluster", "night", "--gateway", "127.0.0.1:30000", "--gateway", "127.0.0.1:30001"];
        var parsed = PmsfcCommand.Create(host, options).Parse(["sweep", "status", .. given], ArgumentProblems.Configuration);

        var command = new Invocation(host, options, parsed, CancellationToken.None).Command("sweep", "resume", "0123abcd");

        command.ShouldBe(
            "pmsfc sweep resume 0123abcd --store '/tmp/my store' --cluster night --gateway 127.0.0.1:30000 --gateway 127.0.0.1:30001"
        );
    }

    [Fact]
    public void Tell_LogCannotBeWritten_SaysSoInsteadOfNamingIt()
    {
        using var error = new StringWriter();
        var log = new Logging.LogFile("/dev/null/logs", TimeProvider.System);

        new Failures.FailureReport(error, log).Tell(new InvalidOperationException("odd")).ShouldBe(1);

        error.ToString().ShouldContain("the log cannot be written");
        error.ToString().ShouldNotContain("/dev/null/logs");
    }

    [Fact]
    public void Tell_ControlCharacters_AreWrittenOut()
    {
        using var error = new StringWriter();

        new Failures.FailureReport(error, new Logging.LogFile("/dev/null/logs", TimeProvider.System)).Tell(
            new Abstractions.Failures.BadInputException("a\u001b[31m\u202Egnp.png is bad.")
        );

        error.ToString().ShouldBe($"error: a\\u001B[31m\\u202Egnp.png is bad.{Environment.NewLine}");
    }

    [Fact]
    public void Say_MarkupAndControlCharactersOfNames_AreShownAndNotObeyed()
    {
        using var output = new StringWriter();
        var host = InProcess.Host(output, TextWriter.Null);
        var options = new GlobalOptions();
        var invocation = new Invocation(host, options, PmsfcCommand.Create(host, options).Parse(["sweep", "list"]), CancellationToken.None);

        invocation.Say("[red]x[/] \u001b]0;title\u0007 a\nb");
        var table = new Spectre.Console.Table();
        table.AddColumn(new Spectre.Console.TableColumn("name"));
        table.Rows.Add([PmSFC.Cli.Output.Cell.Of("[0] \u001b[2J a\nb")]);
        invocation.Console.Write(table);

        output.ToString().ShouldContain("[red]x[/] \\u001B]0;title\\u0007 a\\nb");
        output.ToString().ShouldContain("[0] \\u001B[2J a\\nb");
        output.ToString().ShouldNotContain("\u001b");
    }

    // The shell of a test run in the background ignores these signals, and so does all that it starts.
    [Fact]
    public async Task Launcher_SignalsAreIgnored_RestoresThem()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var shell = Process.Start(
            new ProcessStartInfo(
                "bash",
                ["-c", $"trap '' HUP INT QUIT; exec {ShellWords.Join(Pmsfc.Launcher)} grep SigIgn /proc/self/status"]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;

        var ignored = Convert.ToUInt64((await shell.StandardOutput.ReadToEndAsync()).Split(':')[1].Trim(), 16);

        (ignored & 0b111).ShouldBe(0UL);
    }
}
