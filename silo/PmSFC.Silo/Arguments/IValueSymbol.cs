namespace PmSFC.Silo.Arguments;

/// <summary>An option or argument whose values are read by a <see cref="ValueKind{T}"/>, and never by the parser's own conversions.</summary>
public interface IValueSymbol
{
    /// <summary>What a value is, as the end of a sentence.</summary>
    string MustBe { get; }
}
