using System.CommandLine;

namespace PmSFC.Silo.Arguments;

/// <summary>An option with one value of a kind.</summary>
public sealed class ValueOption<T> : Option<T?>, IValueSymbol
{
    /// <summary>Makes the option.</summary>
    public ValueOption(string name, ValueKind<T> kind)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(kind);
        Arity = ArgumentArity.ExactlyOne;
        MustBe = kind.MustBe;
        CustomParser = result => ValueSymbols.ReadOne(result, name, kind);
    }

    /// <inheritdoc/>
    public string MustBe { get; }
}
