using System.Text.Json.Serialization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;
using PmSFC.Abstractions.Json;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;
using PmSFC.Storage;
using PmSFC.Web.Access;
using PmSFC.Web.Following;
using PmSFC.Web.Page;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace PmSFC.Web.Api;

/// <summary>Gives a web server the API: what the cluster knows of sweeps, jobs and devices, and their steering, for those whom a file of tokens or an OpenID provider lets in.</summary>
internal static partial class ApiHosting
{
    /// <summary>Most bytes of a request's body.</summary>
    public const long MostBodyBytes = 64 << 10;

    /// <summary>How long a request's headers may take.</summary>
    public static readonly TimeSpan HeaderPatience = TimeSpan.FromSeconds(10);

    private const int RequestsAtOnce = 200;
    private const int RequestsASecond = 50;

    // A cluster that changes answers within a few seconds, or says so.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Bounds what a request may ask of the server.</summary>
    /// <param name="kestrel">The server.</param>
    /// <param name="headerPatience">How long a request's headers may take; the first bytes of its body may take half of it.</param>
    public static void Bound(KestrelServerOptions kestrel, TimeSpan headerPatience)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = headerPatience;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: headerPatience / 2);
    }

    /// <summary>Adds what the routes need.</summary>
    /// <param name="services">Of the web server.</param>
    /// <param name="silo">Of the silo.</param>
    /// <param name="access">Who is let in.</param>
    /// <param name="stopping">Cancelled when what serves begins to stop.</param>
    public static void AddApi(this IServiceCollection services, IServiceProvider silo, AccessSources access, CancellationToken stopping)
    {
        services.AddAccess(access);
        services.AddSingleton(silo.GetRequiredService<IGrainFactory>());
        services.AddSingleton(silo.GetRequiredService<IArtifactStore>());
        services.AddSingleton(silo.GetRequiredService<TimeProvider>());
        services.AddSingleton<SweepClient>();
        services.AddSingleton<PlanCache>();
        services.AddSingleton<QueueReader>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SweepFollowers>(provider, stopping));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer(DescribeAsync));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(json =>
        {
            foreach (var converter in ArtifactJson.Options.Converters)
                json.SerializerOptions.Converters.Add(converter);
            json.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        });
        services.AddRequestTimeouts(options =>
            options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = Patience,
                TimeoutStatusCode = StatusCodes.Status503ServiceUnavailable,
            }
        );
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = (rejected, _) =>
                new ValueTask(
                    Problems.WriteAsync(rejected.HttpContext, StatusCodes.Status429TooManyRequests, "Too many requests; wait a second.")
                );
            limiter.AddPolicy(nameof(Api), context =>
                RateLimitPartition.GetTokenBucketLimiter(
                    context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "",
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = RequestsAtOnce,
                        TokensPerPeriod = RequestsASecond,
                        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                        AutoReplenishment = true,
                        QueueLimit = 0,
                    }
                )
            );
        });
    }

    /// <summary>Maps the page, the routes and what stands before them.</summary>
    /// <param name="web">The web server.</param>
    /// <param name="accepting">Whether specs of sweeps may be sent.</param>
    public static void MapApi(this WebApplication web, Submissions accepting)
    {
        web.Use(GuardAsync);
        web.UseRouting();
        web.Use(BrowserSession.GuardAsync);
        web.UseAuthentication();
        web.UseAuthorization();
        web.UseRateLimiter();
        web.UseRequestTimeouts();
        web.UseBodyRules();

        PageRoutes.Map(web);
        Reference.Map(web);
        web.MapOpenApi().For(AccessRole.Viewer).RequireRateLimiting(nameof(Api));
        var api = web.MapGroup("/api/v1").RequireRateLimiting(nameof(Api));
        // The audit stands outside, so that it has the status of what did not work.
        var changes = api.MapGroup("").AddEndpointFilter<Audit>().AddEndpointFilter(Problems.ExplainAsync);
        BrowserSession.Map(changes.MapGroup("").WithTags("session"));
        SweepRoutes.Map(Looks("sweeps"), changes.WithTags("sweeps"));
        if (accepting == Submissions.Accepted)
            SubmissionRoutes.Map(Looks("submission"), changes.MapGroup("").WithTags("submission"));
        DeviceRoutes.Map(Looks("devices"), accepting);
        JobRoutes.Map(Looks("jobs"));
        QueueRoutes.Map(Looks("queue"));

        RouteGroupBuilder Looks(string tag) => api.MapGroup("").AddEndpointFilter(Problems.ExplainAsync).WithTags(tag);
    }

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info.Title = "PmSFC.Cluster";
        document.Components ??= new OpenApiComponents();
        document.AddComponent(
            TokenAuthentication.SchemeName,
            (IOpenApiSecurityScheme)
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "A secret of 'pmsfc access token', or a JWT of the silo's OpenID provider.",
                }
        );
        document.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(TokenAuthentication.SchemeName, document)] = [] },
        ];
        return Task.CompletedTask;
    }

    private static string SentenceOf(int status) =>
        status switch
        {
            StatusCodes.Status405MethodNotAllowed =>
                "The path is there, but not for this method; /openapi/v1.json has the methods of each path.",
            StatusCodes.Status413PayloadTooLarge => $"The body has more than {MostBodyBytes} bytes.",
            StatusCodes.Status415UnsupportedMediaType => "The body must be JSON: send it with 'Content-Type: application/json'.",
            StatusCodes.Status503ServiceUnavailable => $"The cluster has not answered within {Patience.TotalSeconds} s; ask again.",
            _ => "The request cannot be answered.",
        };

    // Answers are of this moment and for this caller, and no page may be made of them.
    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest and var status })
                await Problems.WriteAsync(context, status, SentenceOf(status));
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Problems.WriteAsync(context, e.StatusCode, e.Message);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiHosting).FullName!),
                e,
                context.Request.Method,
                context.Request.Path
            );
            await Problems.WriteAsync(
                context,
                StatusCodes.Status500InternalServerError,
                "The silo failed to answer this; its log says why."
            );
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} was not answered.")]
    private static partial void LogFailed(ILogger logger, Exception failure, string method, PathString path);
}
