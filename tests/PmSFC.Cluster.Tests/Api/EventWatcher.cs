using System.Globalization;

namespace PmSFC.Cluster.Tests.Api;

/// <summary>Reads a sweep's events as a browser does, with breaks, and looks for numbers that are left out.</summary>
/// <param name="http">The API.</param>
/// <param name="sweep">The sweep's id.</param>
/// <param name="last">The number of the last event that it knows of, or 0 for none.</param>
internal sealed class EventWatcher(HttpClient http, string sweep, long last)
{
    private long _last = last;
    private readonly string _path = string.Create(CultureInfo.InvariantCulture, $"sweeps/{sweep}/events?after={last}");
    private bool _hasNumber;
    private bool _isCaughtUp = last == 0;

    /// <summary>Whether it knew of no event.</summary>
    public bool IsFromTheBeginning { get; } = last == 0;

    /// <summary>Numbers that were read.</summary>
    public int Events { get; private set; }

    /// <summary>Numbers that were left out, or that did not grow, where no states came instead.</summary>
    public int Gaps { get; private set; }

    /// <summary>States that caught it up, which have no number.</summary>
    public int CaughtUp { get; private set; }

    /// <summary>Whether the end was told.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Reads from the last number on, until the end or the cancellation.</summary>
    /// <param name="begun">Is told of the first event.</param>
    /// <param name="cancellation">Breaks off.</param>
    public async Task ReadAsync(Action begun, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _path);
        if (_hasNumber)
            request.Headers.Add("Last-Event-ID", _last.ToString(CultureInfo.InvariantCulture));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            answer.EnsureSuccessStatusCode();
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
            var (number, hasData) = (0L, false);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    hasData = true;
                    IsFinished |= line.EndsWith("\"finished\":true}", StringComparison.Ordinal);
                }
                else if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    number = long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture);
                }
                else if (line.Length == 0 && hasData)
                {
                    Take(number);
                    begun();
                    (number, hasData) = (0, false);
                }
            }
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // The break that was asked for.
        }
    }

    private void Take(long number)
    {
        if (number == 0)
        {
            CaughtUp++;
            _isCaughtUp = true;
            return;
        }

        Events++;
        if (number != _last + 1 && !(_isCaughtUp && number > _last))
            Gaps++;
        (_last, _hasNumber, _isCaughtUp) = (number, true, false);
    }
}
