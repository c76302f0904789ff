using System.Diagnostics;

namespace PmSFC.Grains.Tests.Clusters;

internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Polls until the condition holds; past the deadline the last value is in the failure's message.</summary>
    public static async Task<T> Get<T>(Func<Task<T>> get, Func<T, bool> condition)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var value = await get();
            if (condition(value))
                return value;
            if (clock.Elapsed > Deadline)
                throw new ShouldAssertException($"Within {Deadline} the condition did not come true; the last value was {value}.");
            await Task.Delay(20);
        }
    }
}
