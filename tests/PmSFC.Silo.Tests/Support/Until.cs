using Microsoft.Extensions.Time.Testing;

namespace PmSFC.Silo.Tests.Support;

/// <summary>Lets injected time pass until something has happened.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Advances the clock step by step until a task is done.</summary>
    public static async Task Done(Task task, FakeTimeProvider time, TimeSpan step)
    {
        var giveUp = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!task.IsCompleted)
        {
            if (Environment.TickCount64 > giveUp)
                throw new TimeoutException("The task is not done.");
            time.Advance(step);
            await Task.Yield();
        }

        await task;
    }

    /// <summary>Advances the clock step by step until a condition holds.</summary>
    public static async Task Holds(Func<bool> condition, FakeTimeProvider time, TimeSpan step)
    {
        var giveUp = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            if (Environment.TickCount64 > giveUp)
                throw new TimeoutException("The condition does not hold.");
            time.Advance(step);
            await Task.Yield();
        }
    }
}
