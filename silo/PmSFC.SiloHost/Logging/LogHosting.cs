using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using PmSFC.SiloHost.Configuration;
using PmSFC.Web.Access;

namespace PmSFC.SiloHost.Logging;

/// <summary>Where a silo logs to, and what.</summary>
internal static class LogHosting
{
    /// <summary>Logs to the console as the settings say.</summary>
    public static void AddSiloConsole(this ILoggingBuilder logging, SiloSettings settings)
    {
        logging
            .SetMinimumLevel(settings.LogLevel)
            .AddSimpleConsole(console =>
                (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ")
            );
        var format = settings.LogFormat == LogFormat.Json ? JsonLineFormatter.FormatterName : ConsoleFormatterNames.Simple;
        logging.Services.AddSingleton<ConsoleFormatter>(_ => new JsonLineFormatter(TimeProvider.System));
        logging.Services.AddSingleton<ConsoleFormatter>(services => new MeaningfulEventsFormatter(() =>
            services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == format)
        ));
        logging.AddConsole(console => console.FormatterName = MeaningfulEventsFormatter.FormatterName);
        if (settings.LogLevel >= LogLevel.Information)
        {
            foreach (
                var verbose in (string[])
                    [
                        "Orleans",
                        "Polly",
                        "Microsoft.Hosting",
                        "Microsoft.AspNetCore",
                        typeof(TokenAuthentication).FullName!,
                        typeof(JwtAuthentication).FullName!,
                    ]
            )
                logging.AddFilter(verbose, LogLevel.Warning);
        }
    }
}
