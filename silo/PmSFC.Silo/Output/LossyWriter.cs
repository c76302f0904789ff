using System.Text;

namespace PmSFC.Silo.Output;

/// <summary>
/// Stdout or stderr of a process whose work goes on though nobody can read what it says: what cannot be written, because the disk is full or the
/// descriptor is closed, is dropped, and so is all after it.
/// </summary>
/// <param name="inner">Where the text goes while that works.</param>
public sealed class LossyWriter(TextWriter inner) : TextWriter
{
    private volatile string? _loss;

    /// <summary>Why text was dropped, or null while none was.</summary>
    public string? Loss => _loss;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(() => inner.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(inner.Flush);

    private void Try(Action write)
    {
        if (_loss is not null)
            return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _loss = e.Message;
        }
    }
}
