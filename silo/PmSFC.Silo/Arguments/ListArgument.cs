using System.CommandLine;

namespace PmSFC.Silo.Arguments;

/// <summary>One or more arguments of a kind.</summary>
public sealed class ListArgument<T> : Argument<T[]>, IValueSymbol
{
    /// <summary>Makes the argument.</summary>
    public ListArgument(string name, ValueKind<T> kind)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Arity = ArgumentArity.OneOrMore;
        MustBe = kind.MustBe;
        CustomParser = result => ValueSymbols.ReadAll(result, $"<{name}>", kind);
    }

    /// <inheritdoc/>
    public string MustBe { get; }
}
