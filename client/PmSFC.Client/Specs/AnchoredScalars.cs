using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace PmSFC.Client.Specs;

/// <summary>
/// A YAML document's tokens with every alias of a scalar replaced by that scalar, and its anchor left out. The parser of YamlDotNet refuses an anchor
/// before a scalar in braces that is not their last entry, as in <c>{ split: &amp;s 3, codes: *s }</c>, though it is YAML. No more is read of the text
/// than the parser asks for.
/// </summary>
internal sealed class AnchoredScalars(TextReader text) : IScanner
{
    private readonly Scanner _scanner = new(text);
    private readonly Queue<Token> _next = new();
    private readonly Dictionary<string, Scalar> _scalars = new(StringComparer.Ordinal);

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
        if (_next.Count == 0)
            ReadOn();
        Current = _next.TryDequeue(out var next) ? next : null;
        return Current is not null;
    }

    /// <inheritdoc/>
    public void ConsumeCurrent() => Current = null;

    private void ReadOn()
    {
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
                if (property is not Anchor { Value: var name })
                    _next.Enqueue(property);
                else if (token is Scalar scalar)
                    _scalars[name.Value] = scalar;
                else
                {
                    _scalars.Remove(name.Value);
                    _next.Enqueue(property);
                }
            }

            _next.Enqueue(
                token is AnchorAlias alias && _scalars.TryGetValue(alias.Value.Value, out var meant)
                    ? new Scalar(meant.Value, meant.Style, alias.Start, alias.End)
                    : token
            );
            return;
        }
    }
}
