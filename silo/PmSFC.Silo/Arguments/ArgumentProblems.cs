using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PmSFC.Wording;

namespace PmSFC.Silo.Arguments;

/// <summary>What is wrong with the arguments of a call, in one sentence: the first of what was not understood.</summary>
/// <param name="parsed">What the parser made of them.</param>
/// <param name="arguments">The arguments as they were given.</param>
/// <param name="program">What the user calls the program.</param>
public sealed class ArgumentProblems(ParseResult parsed, IReadOnlyList<string> arguments, string program)
{
    /// <summary>How arguments are taken apart: no argument names a file of further arguments, so <c>@a.png</c> is an image.</summary>
    public static ParserConfiguration Configuration { get; } = new() { ResponseFileTokenReplacer = null };

    /// <summary>The sentence, or null where nothing is wrong.</summary>
    public string? First() =>
        parsed.Action is { ClearsParseErrors: true }
            ? null
            : UnknownOption()
                ?? FlagWithAnotherValue()
                ?? ValueThatLooksLikeAnOption()
                ?? Repeated()
                ?? WithoutValue()
                ?? BadValue()
                ?? UnknownWord()
                ?? MissingCommand()
                ?? MissingArgument()
                ?? parsed.Errors.Select(error => Sentence(error.Message)).FirstOrDefault();

    private Command Command => parsed.CommandResult.Command;

    private string Help => $"see '{ShellWords.Join([program, .. Path(), "--help"])}'";

    /// <summary>Options that the command understands: its own, and those of the commands above it that are for all.</summary>
    private IEnumerable<Option> Options
    {
        get
        {
            foreach (var option in Command.Options)
                yield return option;
            for (var above = parsed.CommandResult.Parent as CommandResult; above is not null; above = above.Parent as CommandResult)
                foreach (var option in above.Command.Options.Where(option => option.Recursive))
                    yield return option;
        }
    }

    private IEnumerable<OptionResult> Given
    {
        get
        {
            for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
                foreach (var option in result.Children.OfType<OptionResult>().Where(option => !option.Implicit))
                    yield return option;
        }
    }

    private string? UnknownOption()
    {
        var words = parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(result => result.Tokens)
            .Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens);
        var behindDashes = arguments.SkipWhile(argument => argument != "--").ToHashSet(StringComparer.Ordinal);
        if (words.FirstOrDefault(word => LooksLikeAnOption(word) && !behindDashes.Contains(word)) is not { } unknown)
            return null;
        var name = unknown.Split('=')[0];
        var known = Options
            .Where(option => !option.Hidden && option.Name.StartsWith("--", StringComparison.Ordinal))
            .Select(option => option.Name[2..]);
        return Spelling.Nearest(name.TrimStart('-'), known) is { } meant
            ? $"{Of("there is no option", name)}; did you mean --{meant}?"
            : $"{Of("there is no option", name)}; {Help}.";
    }

    // A forgotten value would take the next option for itself.
    private string? ValueThatLooksLikeAnOption()
    {
        foreach (var option in Given)
            if (
                option.Tokens.Select(token => token.Value).FirstOrDefault(value => LooksLikeAnOption(value) && arguments.Contains(value)) is
                { } taken
            )
                return $"{option.Option.Name} has no value, but {ShownText.Line(taken)} behind it; write {option.Option.Name}={ShownText.Line(taken)} if that is its value.";
        return null;
    }

    // The parser takes such a value for the next argument.
    private string? FlagWithAnotherValue()
    {
        foreach (var argument in arguments.TakeWhile(argument => argument != "--").Where(argument => argument.Contains('=')))
        {
            var (name, text) = (argument[..argument.IndexOf('=')], argument[(argument.IndexOf('=') + 1)..]);
            if (Options.OfType<FlagOption>().Any(flag => flag.Name == name) && ValueKinds.Truth.Read(name, text, out _) is { } problem)
                return problem;
        }

        return null;
    }

    private string? Repeated() =>
        Given.FirstOrDefault(option => option.Option.Arity.MaximumNumberOfValues == 1 && option.Tokens.Count > 1) is { } repeated
            ? string.Create(CultureInfo.InvariantCulture, $"{repeated.Option.Name} is given {repeated.Tokens.Count} times; give it once.")
            : null;

    private string? WithoutValue() =>
        Given.FirstOrDefault(option => option.Option.Arity.MinimumNumberOfValues > 0 && option.Tokens.Count == 0) is { Option: var option }
            ? $"{option.Name} has no value{(option is IValueSymbol { MustBe: var mustBe } ? $"; it must be {mustBe}" : "")}."
            : null;

    private string? BadValue() =>
        parsed.Errors.FirstOrDefault(error => error.SymbolResult is (OptionResult or ArgumentResult) and { Tokens.Count: > 0 })?.Message;

    private string? UnknownWord()
    {
        if (parsed.UnmatchedTokens is not [var word, ..])
            return null;
        string[] commands = [.. Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name)];
        return commands.Length == 0
                ? $"'{string.Join(' ', Path().DefaultIfEmpty(program))}' has no use for '{ShownText.Line(word)}'; {Help}."
            : Spelling.Nearest(word, commands) is { } meant ? $"{Of("there is no command", word)}; did you mean '{meant}'?"
            : $"{Of("there is no command", word)}; the commands are {string.Join(", ", commands)}.";
    }

    private string? MissingCommand() =>
        Command is { Action: null, Subcommands: [_, ..] commands }
            ? $"{(Command is RootCommand ? program : $"'{string.Join(' ', Path())}'")} needs a command: {string.Join(", ", commands.Select(command => command.Name))}."
            : null;

    private string? MissingArgument() =>
        Command.Arguments.FirstOrDefault(argument =>
            argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 }
        )
            is { } missing
            ? $"'{string.Join(' ', Path())}' needs <{missing.Name}>: {missing.Description}; {Help}."
            : null;

    private IEnumerable<string> Path()
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result?.Parent is CommandResult parent; result = parent)
            names.Push(result.Command.Name);
        return names;
    }

    private string Of(string what, string word)
    {
        var shown = what.EndsWith("option", StringComparison.Ordinal) ? ShownText.Line(word) : $"'{ShownText.Line(word)}'";
        return Command is RootCommand ? $"{what} {shown}" : $"{what} {shown} in '{string.Join(' ', Path())}'";
    }

    private string Sentence(string message) => message.EndsWith('?') || message.EndsWith('.') ? message : $"{message}; {Help}.";

    private static bool LooksLikeAnOption(string word) =>
        word.Length > 1 && word[0] == '-' && !double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
