using System.CommandLine;

namespace PmSFC.Silo.Arguments;

/// <summary>An option that is given or not; <c>--name=true</c> and <c>--name=false</c> say the same in words.</summary>
public sealed class FlagOption : Option<bool>, IValueSymbol
{
    /// <summary>Makes the option.</summary>
    public FlagOption(string name)
        : base(name)
    {
        Arity = ArgumentArity.ZeroOrOne;
        CustomParser = result => result.Tokens.Count == 0 || ValueSymbols.ReadOne(result, name, ValueKinds.Truth);
    }

    /// <inheritdoc/>
    public string MustBe => ValueKinds.Truth.MustBe;
}
