using System.CommandLine;

namespace PmSFC.Silo.Arguments;

/// <summary>An argument of a kind.</summary>
public sealed class ValueArgument<T> : Argument<T>, IValueSymbol
{
    /// <summary>Makes the argument.</summary>
    public ValueArgument(string name, ValueKind<T> kind)
        : base(name)
    {
        ArgumentNullException.ThrowIfNull(kind);
        MustBe = kind.MustBe;
        CustomParser = result => ValueSymbols.ReadOne(result, $"<{name}>", kind)!;
    }

    /// <inheritdoc/>
    public string MustBe { get; }
}
