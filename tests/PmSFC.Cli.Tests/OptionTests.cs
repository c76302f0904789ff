using System.CommandLine;
using System.CommandLine.Help;
using PmSFC.Cli.Commands;
using PmSFC.Cli.Tests.Support;
using PmSFC.Silo.Arguments;

namespace PmSFC.Cli.Tests;

/// <summary>Every option and argument of every command, found in the tree of commands itself, against values that are none.</summary>
public sealed class OptionTests
{
    private static readonly string[] BadNumbers =
    [
        "abc",
        "",
        " ",
        " 5 ",
        "0,5",
        "1,000",
        "1_000",
        "1e400",
        "1e999999999",
        "NaN",
        "Infinity",
        "-Infinity",
        "0x10",
        "٣",
        "½",
        "−1",
        "1.5.2",
        "5s",
        "99999999999999999999",
        "null",
        "true",
    ];

    private const string Spec = """
        generator: celeba64-pggan
        images: .
        methods: [{ method: input }]
        """;

    private static readonly string[] BadWholeNumbers = ["1.5", "1.0", "1e1", "."];

    [Fact]
    public void Tree_EveryOptionAndArgument_IsReadByAKindOfValue()
    {
        var symbols = Cases().Select(found => found.Symbol).ToList();

        symbols.Count.ShouldBeGreaterThan(40);
        symbols.ShouldAllBe(symbol => symbol is IValueSymbol);
    }

    [Fact]
    public async Task AnyOption_ABadValue_IsOneSentenceThatNamesIt()
    {
        var tried = 0;
        foreach (var (command, symbol) in Cases())
        foreach (var value in BadValuesOf(symbol))
        {
            tried++;
            if (symbol is Option option)
            {
                await ShouldBeRefused(option.Name, [.. command, $"{option.Name}={value}"]);
                if (option is not FlagOption)
                    await ShouldBeRefused(option.Name, [.. command, option.Name, value]);
            }
            else
                await ShouldBeRefused(symbol.Name, [.. command, .. ArgumentsBefore(command, symbol), value]);
        }

        tried.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task AnyOption_WithoutItsValueOrTwice_IsOneSentenceThatNamesIt()
    {
        foreach (var (command, symbol) in Cases())
        {
            if (symbol is not Option option || symbol is FlagOption)
                continue;
            await ShouldBeRefused(option.Name, [.. command, option.Name]);
            await ShouldBeRefused(option.Name, [.. command, option.Name, "--json"]);
            await ShouldBeRefused(option.Name, [.. command, option.Name, "--jsn"]);
            if (option.Arity.MaximumNumberOfValues == 1)
                await ShouldBeRefused(option.Name, [.. command, option.Name, GoodValueOf(option), option.Name, GoodValueOf(option)]);
        }
    }

    [Fact]
    public async Task AnyOption_Misspelt_IsSuggested()
    {
        foreach (var (command, symbol) in Cases())
        {
            if (symbol is not Option option)
                continue;
            var misspelt = option.Name.Remove(4, 1);
            var error = await ShouldBeRefused(misspelt, [.. command, misspelt, "2"]);
            error.ShouldContain($"did you mean {option.Name}?", customMessage: error);
        }
    }

    [Theory]
    [InlineData("did you mean 'sweep'?", "sweeep")]
    [InlineData("did you mean 'sweep'?", "swep", "list")]
    [InlineData("did you mean 'list'?", "sweep", "lst")]
    [InlineData("did you mean 'resume'?", "sweep", "reusme")]
    [InlineData("did you mean --weights?", "metrics", "a.png", "b.png", "--weigths", "f")]
    [InlineData("did you mean --limit?", "sweep", "run", "a.yaml", "--limt", "2")]
    [InlineData("did you mean --limit?", "sweep", "run", "a.yaml", "--limt=2")]
    [InlineData("did you mean --out?", "invert", "a.png", "-out", "x")]
    [InlineData("there is no option --set in 'sweep report'; see 'pmsfc sweep report --help'.", "sweep", "report", "--set", "a=b")]
    [InlineData("did you mean 'mganprior'?", "invert", "a.png", "--method", "mganpiror")]
    [InlineData("did you mean 'inpainting'?", "invert", "a.png", "--task", "inpaint1ng")]
    [InlineData("did you mean 'random'?", "subspaces", "discover", "--method", "radnom")]
    [InlineData("there is no command 'xyzzy'; the commands are demo,", "xyzzy")]
    [InlineData("'sweep report' has no use for 'b'", "sweep", "report", "a", "b")]
    [InlineData("'sweep' needs a command: plan, run,", "sweep")]
    [InlineData("'sweep plan' needs <file>", "sweep", "plan")]
    [InlineData("'metrics' needs <image>", "metrics", "a.png")]
    [InlineData("--json is 'abc', but must be true or false", "sweep", "report", "--json=abc")]
    [InlineData("the home of another user is not looked up", "sweep", "list", "--store=~nobody/x")]
    [InlineData("the home of another user is not looked up", "metrics", "a.png", "~nobody/x.png")]
    [InlineData("'azure:<container>'", "sweep", "list", "--store", "azur:x")]
    [InlineData("https://", "sweep", "list", "--store", "https//account.blob.core.windows.net/x")]
    [InlineData("'azurite'", "sweep", "list", "--store", "azurite2")]
    [InlineData("'ftp' is not a kind of store", "sweep", "list", "--store", "ftp://x")]
    [InlineData("There is no store at", "sweep", "list", "--store", "a:b")]
    [InlineData("There is no generator 'x'", "generators", "show", "x", "--store", "none")]
    [InlineData("@a.png does not exist", "metrics", "@a.png", "@a.png")]
    [InlineData("a\\u001B[31m\\nb.png does not exist", "metrics", "a\u001b[31m\nb.png", "@a.png")]
    public async Task AnyCommand_WrongWords_SaysWhatIsMeant(string sentence, params string[] arguments)
    {
        var (code, _, error) = await InProcess.RunAsync(arguments);

        code.ShouldBe(2, error);
        error.ShouldContain(sentence);
        Directory.Exists("a:b").ShouldBeFalse();
        Directory.Exists("none").ShouldBeFalse();
    }

    /// <summary>Every option that names a folder says so where a file lies, and nothing is made.</summary>
    [Fact]
    public async Task AnyCommand_AFileWhereAFolderBelongs_IsCalledAFile()
    {
        using var workshop = new Workshop();
        var (file, picture) = (
            workshop.Write("file", "x"),
            workshop.Write("picture.png", Imaging.ImageFile.EncodePng(Workshop.Picture(64, 0)))
        );
        var store = workshop.PathOf("store");
        Directory.CreateDirectory(store);
        var tried = new HashSet<string>();
        foreach (var (command, symbol) in Cases())
        {
            if (symbol is not Option { HelpName: "folder" or "location" } option || IsNotReached(command, option.Name))
                continue;
            tried.Add(option.Name);
            var node = command.Aggregate((Command)Tree(), (above, name) => above.Subcommands.Single(sub => sub.Name == name));
            var arguments = node.Arguments.Select(argument => argument.Name is "file" ? workshop.Write("a.yaml", Spec) : picture);
            string[] given = option.Name == "--store" ? [] : ["--store", store];

            var (code, _, error) = await InProcess.RunAsync([.. command, .. arguments, .. given, option.Name, file]);

            var call = string.Join(' ', command);
            code.ShouldBe(2, $"{call}: {error}");
            error.ShouldContain($"{file} is a file", customMessage: call);
        }

        tried.ShouldBe(["--store", "--other-store", "--out", "--weights"], ignoreOrder: true);
        File.ReadAllText(file).ShouldBe("x");
    }

    /// <summary>Whether a command has no use for an option, or stops before it without a cluster or a stored sweep.</summary>
    private static bool IsNotReached(IReadOnlyList<string> command, string option) =>
        option == "--tls"
        || command switch
        {
            ["devices" or "access", ..] or ["metrics"] => option == "--store",
            ["sweep", "pause" or "priority" or "watch"] => true,
            ["analyze", ..] or ["subspaces", "show"] => option == "--out",
            ["sweep", ..] => option == "--out",
            _ => false,
        };

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("sweep", "run", "--help")]
    [InlineData("sweep", "--help", "--limt")]
    public async Task AnyCommand_Help_IsNoProblem(params string[] arguments) => (await InProcess.RunAsync(arguments)).Code.ShouldBe(0);

    private static async Task<string> ShouldBeRefused(string name, IReadOnlyList<string> arguments)
    {
        var call = string.Join(' ', arguments.Select(argument => $"[{argument}]"));
        var (code, output, error) = await InProcess.RunAsync(arguments);
        code.ShouldBe(2, call);
        output.ShouldBeEmpty(call);
        error.ShouldStartWith("error: ", customMessage: call);
        error.TrimEnd('\n').ShouldNotContain("\n", customMessage: call);
        error.ShouldContain(name, customMessage: call);
        error.ShouldNotContain("System.", customMessage: call);
        error.ShouldNotContain("Exception", customMessage: call);
        return error;
    }

    private static IEnumerable<string> BadValuesOf(Symbol symbol)
    {
        // Memory is written with units, gateways with ports: what is no number is neither.
        if (symbol is Option { Name: "--memory" or "--gateway" or "--cluster" })
            return ["", " ", "½", "x y", "-1", "NaN"];
        var type = Nullable.GetUnderlyingType(TypeOf(symbol)) ?? TypeOf(symbol);
        if (type == typeof(bool))
            return ["abc", "2", "yes"];
        if (type == typeof(int) || type == typeof(long))
            return [.. BadNumbers, .. BadWholeNumbers];
        if (type == typeof(TimeSpan))
            return [.. BadNumbers, "0", "1e1", "-1"];
        return ["", " "];
    }

    private static Type TypeOf(Symbol symbol) => symbol is Option option ? option.ValueType : ((Argument)symbol).ValueType;

    private static string GoodValueOf(Option option) =>
        option.Name switch
        {
            "--cluster" => "night",
            "--device" => "cpu",
            "--memory" => "4GiB",
            "--method" => "random",
            "--task" => "inversion",
            _ => "7",
        };

    private static IEnumerable<string> ArgumentsBefore(IReadOnlyList<string> command, Symbol argument)
    {
        var found = command.Aggregate((Command)Tree(), (node, name) => node.Subcommands.Single(sub => sub.Name == name));
        return found.Arguments.TakeWhile(before => before.Name != argument.Name).Select(_ => "x");
    }

    private static RootCommand Tree() => PmsfcCommand.Create(InProcess.Host(TextWriter.Null, TextWriter.Null), new GlobalOptions());

    private static IEnumerable<(IReadOnlyList<string> Command, Symbol Symbol)> Cases()
    {
        return Of(Tree(), [], []);

        static IEnumerable<(IReadOnlyList<string>, Symbol)> Of(Command command, string[] path, Option[] above)
        {
            Option[] recursive = [.. above, .. command.Options.Where(option => option.Recursive && option is IValueSymbol)];
            if (command.Subcommands.Count == 0)
                foreach (
                    var symbol in command
                        .Arguments.Cast<Symbol>()
                        .Concat(command.Options.Where(option => option is not HelpOption))
                        .Concat(above)
                )
                    yield return (path, symbol);
            foreach (var sub in command.Subcommands)
            foreach (var found in Of(sub, [.. path, sub.Name], recursive))
                yield return found;
        }
    }
}
