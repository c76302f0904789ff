using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace PmSFC.Web.Access;

/// <summary>The keys of an OpenID provider. They are asked for when a JWT comes first, every quarter of an hour, and, within limits, when a JWT comes that none of them has signed.</summary>
internal sealed partial class OidcKeys : IDisposable
{
    private const int MostBytes = 1 << 20;

    private static readonly TimeSpan MostAge = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly HttpClient _http;
    private readonly Uri _authority;
    private readonly ILogger _logger;
    private Task<OpenIdConnectConfiguration>? _question;
    private int _isMissing;

    /// <summary>Asks for nothing yet.</summary>
    public OidcKeys(OidcOptions options, ILogger<OidcKeys> logger)
    {
        (_authority, _logger) = (options.Authority, logger);
        // What the provider says is believed, so nothing may lead elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = options.Patience,
            MaxResponseContentBufferSize = MostBytes,
        };
        Configuration = new ConfigurationManager<OpenIdConnectConfiguration>(
            $"{options.Authority.AbsoluteUri.TrimEnd('/')}/.well-known/openid-configuration",
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(_http)
            {
                RequireHttps = options.Authority.Scheme == Uri.UriSchemeHttps,
                SendAdditionalHeaderData = false,
            }
        )
        {
            RefreshInterval = options.BetweenQuestions,
            AutomaticRefreshInterval = MostAge,
            // Else a key that the provider has taken back would hold for another hour.
            UseLastKnownGoodConfiguration = false,
        };
    }

    /// <summary>For the validation of JWTs.</summary>
    public ConfigurationManager<OpenIdConnectConfiguration> Configuration { get; }

    /// <summary>Whether keys are known; where they are not, the provider is asked.</summary>
    public async Task<bool> AreKnownAsync(CancellationToken cancellation)
    {
        try
        {
            await QuestionOfAllAsync().WaitAsync(cancellation);
            if (Interlocked.Exchange(ref _isMissing, 0) != 0)
                LogBack(_logger, _authority);
            return true;
        }
        catch (InvalidOperationException e)
        {
            if (Interlocked.Exchange(ref _isMissing, 1) == 0)
                LogMissing(_logger, _authority, e.GetBaseException().Message);
            return false;
        }
    }

    // One for all who wait: each would else wait for those before it where a provider never answers, and who goes away ends it for nobody else.
    private Task<OpenIdConnectConfiguration> QuestionOfAllAsync()
    {
        lock (_lock)
            return _question is { IsCompleted: false }
                ? _question
                : _question = Configuration.GetConfigurationAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [LoggerMessage(LogLevel.Warning, "The keys of {Authority} are not known ({Reason}): callers with a JWT are not let in until they are.")]
    private static partial void LogMissing(ILogger logger, Uri authority, string reason);

    [LoggerMessage(LogLevel.Information, "The keys of {Authority} are known now.")]
    private static partial void LogBack(ILogger logger, Uri authority);
}
