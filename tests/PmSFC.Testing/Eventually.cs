using System.Diagnostics;
using Shouldly;

namespace PmSFC.Testing;

/// <summary>Waits for what other threads and processes do, with a limit.</summary>
public static class Eventually
{
    /// <summary>How long is waited where nothing else is said: many times what a busy machine takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until the answer is the wanted one.</summary>
    /// <param name="get">Asks.</param>
    /// <param name="condition">Whether the answer is the wanted one.</param>
    /// <param name="patience">How long at most; <see cref="Patience"/> by default.</param>
    /// <param name="tell">What is told with the last answer where it never is.</param>
    /// <returns>The wanted answer.</returns>
    /// <exception cref="ShouldAssertException">It was not within that time.</exception>
    public static async Task<T> Get<T>(Func<Task<T>> get, Func<T, bool> condition, TimeSpan? patience = null, Func<string>? tell = null)
    {
        var limit = patience ?? Patience;
        for (var began = Stopwatch.GetTimestamp(); ; )
        {
            var value = await get();
            if (condition(value))
                return value;
            if (Stopwatch.GetElapsedTime(began) > limit)
                throw new ShouldAssertException(
                    $"Within {limit} the condition did not come true; the last value was {value}.{(tell is null ? "" : $"\n{tell()}")}"
                );
            await Task.Delay(Interval);
        }
    }

    /// <summary>Looks again and again until a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="patience">How long at most; <see cref="Patience"/> by default.</param>
    /// <param name="tell">What is told where it never does.</param>
    /// <exception cref="ShouldAssertException">It did not within that time.</exception>
    public static Task Holds(Func<bool> condition, TimeSpan? patience = null, Func<string>? tell = null) =>
        Get(() => Task.FromResult(condition()), holds => holds, patience, tell);
}
