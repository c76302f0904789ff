using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Connections;
using PmSFC.Silo.Hosting;
using PmSFC.Web.Access;
using PmSFC.Web.Api;

namespace PmSFC.Cli.Sessions;

/// <summary>The live page of a run, on the machine's loopback address alone and for the one who has the token that its address brings along.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    private readonly WebApplication _web;

    private LivePage(WebApplication web) => _web = web;

    /// <summary>Serves the page of a sweep, and tells its address.</summary>
    public static async Task<LivePage> ServeAsync(Invocation invocation, ClusterSession cluster, SweepPlan plan)
    {
        var (token, secret) = AccessToken.Create("you", AccessRole.Operator);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "pmsfc" });
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                ApiHosting.Bound(kestrel, ApiHosting.HeaderPatience);
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Logging.AddProvider(invocation.Host.Log).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddApi(
            new ServiceCollection()
                .AddSingleton(cluster.Grains)
                .AddSingleton(cluster.Store)
                .AddSingleton(invocation.Host.Time)
                .BuildServiceProvider(),
            new AccessSources(new OneToken(token), null),
            invocation.CancellationToken
        );
        var page = new LivePage(builder.Build());
        page._web.MapApi(Submissions.Refused);
        await page._web.StartAsync(invocation.CancellationToken);

        var server = page._web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        // What follows '#' stays in the browser: it is in no request and in no log.
        var address = $"{server}/#token={secret}/sweeps/{plan.Id}";
        if (invocation.Json)
            invocation.Lines.Write(new { Event = "page", Address = address });
        else
            invocation.Say($"Live page, until the run ends: {address}");
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
    }
}
