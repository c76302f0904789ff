using System.Text;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Failures;
using PmSFC.Connections;
using PmSFC.Imaging.Files;

namespace PmSFC.Web.Access;

/// <summary>
/// The file of those who are let in. It is read again at most once a second, so that a line that is added or removed holds at once; while a line of it is wrong, those that were
/// read last stay.
/// </summary>
internal sealed partial class TokenFile : IAccessTokens
{
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Dictionary<string, AccessToken> _tokens;
    private string _text;
    private string? _problem;
    private long _lastRead;

    private TokenFile(string path, TimeProvider time, ILogger logger)
    {
        (_path, _time, _logger, _lastRead) = (path, time, logger, time.GetTimestamp());
        _text = Text();
        _tokens = Parse(_text);
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">It cannot be read, or a line of it is no token.</exception>
    public static TokenFile Open(string path, TimeProvider time, ILogger<TokenFile> logger) => new(path, time, logger);

    /// <inheritdoc/>
    public AccessToken? Find(string secret)
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_lastRead) >= BetweenReads)
                ReadAgain();
            return _tokens.GetValueOrDefault(AccessToken.HashOf(secret));
        }
    }

    private void ReadAgain()
    {
        _lastRead = _time.GetTimestamp();
        try
        {
            var text = Text();
            if (text == _text)
                return;
            _tokens = Parse(text);
            (_text, _problem) = (text, null);
            LogChanged(_logger, _path, _tokens.Count);
        }
        catch (BadInputException e)
        {
            if (e.Message == _problem)
                return;
            _problem = e.Message;
            LogKept(_logger, e.Message);
        }
    }

    private string Text()
    {
        try
        {
            return Encoding.UTF8.GetString(
                UserFile.ReadAll(_path, "a file of tokens", MostBytes, "a token takes a line, which 'pmsfc access token' makes")
            );
        }
        catch (UserFileException e)
        {
            throw new BadInputException(e.Message);
        }
    }

    private Dictionary<string, AccessToken> Parse(string text) =>
        AccessToken.Read(text, _path).ToDictionary(token => token.Hash, StringComparer.Ordinal);

    [LoggerMessage(LogLevel.Information, "The tokens in {File} have changed: {Tokens} are let in.")]
    private static partial void LogChanged(ILogger logger, string file, int tokens);

    [LoggerMessage(LogLevel.Warning, "{Problem} The tokens that were read before stay.")]
    private static partial void LogKept(ILogger logger, string problem);
}
