using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using PmSFC.SiloHost.Configuration;
using PmSFC.SiloHost.Logging;

namespace PmSFC.Cluster.Tests.Logging;

public sealed class LogHostingTests
{
    private const string Watchdog = "Orleans.Runtime.Watchdog";

    [Fact]
    public void Json_AnyLine_IsOneObjectWithTimeLevelCategoryAndMessage()
    {
        var line = Written("json", LogLevel.Warning, "A", 0, "two\nlines and \"quotes\" ä", null, new InvalidOperationException("why"));

        line.TrimEnd('\n').ShouldNotContain('\n');
        var json = JsonDocument.Parse(line).RootElement;
        json.GetProperty("timestamp").GetDateTime().Kind.ShouldBe(DateTimeKind.Utc);
        (DateTime.UtcNow - json.GetProperty("timestamp").GetDateTime()).ShouldBeLessThan(TimeSpan.FromMinutes(5));
        json.GetProperty("level").GetString().ShouldBe("warning");
        json.GetProperty("category").GetString().ShouldBe("A");
        json.GetProperty("message").GetString().ShouldBe("two\nlines and \"quotes\" ä");
        json.GetProperty("exception").GetString()!.ShouldContain("InvalidOperationException: why");
        json.TryGetProperty("traceId", out _).ShouldBeFalse();
    }

    [Fact]
    public void Json_WhileASpanIsCurrent_HasItsIds()
    {
        using var span = new Activity("span").SetIdFormat(ActivityIdFormat.W3C).Start();

        var json = JsonDocument.Parse(Written("json", LogLevel.Information, "A", 0, "a line")).RootElement;

        (json.GetProperty("traceId").GetString(), json.GetProperty("spanId").GetString()).ShouldBe(
            (span.TraceId.ToHexString(), span.SpanId.ToHexString())
        );
    }

    [Fact]
    public void Text_AnyLine_IsOneLineForPeople() =>
        Written("text", LogLevel.Warning, "A", 7, "a line").ShouldMatch(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn: A\[7\] a line\n$");

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public void Events_OfOrleansThatMeanNothing_AreLeftOut(string format)
    {
        Written(format, LogLevel.Warning, "Orleans.Runtime.Silo", 100405, "Note: Silo not running with ServerGC turned on").ShouldBeEmpty();
        Written(format, LogLevel.Warning, Watchdog, 100150, "has not completed for 03:00:00", TimeSpan.FromHours(3)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Orleans.Runtime.Silo", 100406)]
    [InlineData("Orleans.Runtime.Catalog", 100405)]
    [InlineData(Watchdog, 100151)]
    public void Events_ThatAreLikeThem_AreWritten(string category, int id) =>
        Written("text", LogLevel.Warning, category, id, "a line", TimeSpan.FromHours(3)).ShouldContain("a line");

    [Fact]
    public void Events_OfAStallThatMayHaveBeen_AreWritten() =>
        Written("text", LogLevel.Warning, Watchdog, 100150, "has not completed for 00:00:00", TimeSpan.Zero)
            .ShouldContain("has not completed");

    private static string Written(
        string format,
        LogLevel level,
        string category,
        int id,
        string message,
        TimeSpan? stall = null,
        Exception? failure = null
    )
    {
        var settings = new SiloSettingsReader(new SiloConfiguration().AddArgument(SiloSettingCatalog.LogFormat, format)).Read()!;
        using var services = new ServiceCollection().AddLogging(logging => logging.AddSiloConsole(settings)).BuildServiceProvider();
        var formatter = services
            .GetServices<ConsoleFormatter>()
            .Single(candidate => candidate.Name == MeaningfulEventsFormatter.FormatterName);
        var state = new Dictionary<string, object?> { ["TimeSinceLastTick"] = stall };
        using var output = new StringWriter();
        formatter.Write(
            new LogEntry<Dictionary<string, object?>>(level, category, new EventId(id), state, failure, (_, _) => message),
            null,
            output
        );
        return output.ToString();
    }
}
