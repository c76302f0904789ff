using PmSFC.Abstractions.Failures;
using PmSFC.Wording;

namespace PmSFC.Silo.Arguments;

/// <summary>Reads a value that somebody wrote.</summary>
/// <param name="text">What was written.</param>
/// <param name="value">The value.</param>
/// <returns>Null, or what is wrong, as a clause that follows "but": <c>must be a whole number</c>.</returns>
public delegate string? ValueReader<T>(string text, out T? value);

/// <summary>
/// A kind of value that is written as text: in an argument, in an environment variable, in a file of settings. It is read alike everywhere and in every
/// culture, and what it is not is refused instead of guessed.
/// </summary>
/// <typeparam name="T">The value.</typeparam>
/// <param name="mustBe">What a value of the kind is, as the end of a sentence: <c>a whole number from 1 to 1024</c>.</param>
/// <param name="read">Reads one.</param>
public sealed class ValueKind<T>(string mustBe, ValueReader<T> read)
{
    /// <summary>What a value of the kind is, as the end of a sentence.</summary>
    public string MustBe => mustBe;

    /// <summary>Reads a value.</summary>
    /// <param name="name">What it is the value of, such as <c>--threads</c>, for the problem.</param>
    /// <param name="text">What was written.</param>
    /// <param name="value">The value where there is no problem.</param>
    /// <returns>Null, or a sentence about what is wrong.</returns>
    /// <param name="origin">Where it was written, for the problem; null where the name says so.</param>
    public string? Read(string name, string text, out T? value, string? origin = null)
    {
        if (TryRead(text, out value) is not { } wrong)
            return null;
        var sentence = $"{name} is '{ShownText.Line(text)}'{(origin is null ? "" : $" ({origin})")}, but {wrong}";
        return sentence.EndsWith('?') ? sentence : sentence + '.';
    }

    /// <summary>Reads a value.</summary>
    /// <returns>Null, or what is wrong, as a clause that follows "but".</returns>
    public string? TryRead(string text, out T? value) => read(text, out value);

    /// <summary>The value of an environment variable, or null or 0 where it is unset or empty.</summary>
    /// <exception cref="BadInputException">It has a value of another kind.</exception>
    public T? FromEnvironment(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
            return default;
        return Read(variable, text, out var value) is { } problem ? throw new BadInputException(problem) : value;
    }
}
