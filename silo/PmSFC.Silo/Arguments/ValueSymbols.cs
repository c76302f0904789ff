using System.CommandLine.Parsing;

namespace PmSFC.Silo.Arguments;

/// <summary>Reads what the parser found, by a kind.</summary>
internal static class ValueSymbols
{
    /// <summary>The one value.</summary>
    public static T? ReadOne<T>(ArgumentResult result, string name, ValueKind<T> kind)
    {
        // A last value overrides nothing: that there are several is told as a problem of its own.
        if (kind.Read(name, result.Tokens[^1].Value, out var value) is { } problem)
            result.AddError(problem);
        return value;
    }

    /// <summary>All values.</summary>
    public static T[] ReadAll<T>(ArgumentResult result, string name, ValueKind<T> kind)
    {
        var values = new List<T>();
        foreach (var token in result.Tokens)
        {
            if (kind.Read(name, token.Value, out var value) is not { } problem)
                values.Add(value!);
            else
            {
                result.AddError(problem);
                break;
            }
        }

        return [.. values];
    }
}
