using System.CommandLine;

namespace PmSFC.Silo.Arguments;

/// <summary>An option that may be given several times, each time with one value of a kind; none is an empty list.</summary>
public sealed class ListOption<T> : Option<T[]>, IValueSymbol
{
    /// <summary>Makes the option.</summary>
    public ListOption(string name, ValueKind<T> kind)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Arity = ArgumentArity.OneOrMore;
        MustBe = kind.MustBe;
        DefaultValueFactory = _ => [];
        CustomParser = result => ValueSymbols.ReadAll(result, name, kind);
    }

    /// <inheritdoc/>
    public string MustBe { get; }
}
