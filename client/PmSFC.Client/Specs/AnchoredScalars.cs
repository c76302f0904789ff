using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace PmSFC.Client.Specs;

/// <summary>
/// A YAML document's tokens with every alias of a scalar replaced by that scalar, and its anchor left out. The parser of YamlDotNet refuses an anchor
/// before a scalar in braces that is not their last entry, as in <c>{ split: &amp;s 3, codes: *s }</c>, though it is YAML.
/// </summary>
internal sealed class AnchoredScalars : IScanner
{
    private readonly Queue<Token> _tokens = new();
    private readonly Scanner _scanner;

    /// <summary>Reads all tokens.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public AnchoredScalars(TextReader text)
    {
        _scanner = new Scanner(text);
        var scalars = new Dictionary<string, Scalar>(StringComparer.Ordinal);
        // Properties of a node, an anchor and a tag in either order, that may stand before a scalar.
        var properties = new List<Token>();
        while (_scanner.MoveNext())
        {
            var token = _scanner.Current!;
            if (token is Anchor or Tag)
            {
                properties.Add(token);
                continue;
            }

            foreach (var property in properties)
            {
                if (property is not Anchor { Value: var name }) _tokens.Enqueue(property);
                else if (token is Scalar scalar) scalars[name.Value] = scalar;
                else
                {
                    scalars.Remove(name.Value);
                    _tokens.Enqueue(property);
                }
            }

            properties.Clear();
            _tokens.Enqueue(
                token is AnchorAlias alias && scalars.TryGetValue(alias.Value.Value, out var meant)
                    ? new Scalar(meant.Value, meant.Style, alias.Start, alias.End)
                    : token);
        }
    }

    /// <inheritdoc/>
    public Mark CurrentPosition => Current?.End ?? _scanner.CurrentPosition;

    /// <inheritdoc/>
    public Token? Current { get; private set; }

    /// <inheritdoc/>
    public bool MoveNext()
    {
        ConsumeCurrent();
        return MoveNextWithoutConsuming();
    }

    /// <inheritdoc/>
    public bool MoveNextWithoutConsuming()
    {
        Current = _tokens.TryDequeue(out var next) ? next : null;
        return Current is not null;
    }

    /// <inheritdoc/>
    public void ConsumeCurrent() => Current = null;
}
