using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Sessions;

namespace PmSFC.Cli.Progress;

/// <summary>Says every few seconds how many of a sweep's images are done.</summary>
/// <param name="invocation">The call.</param>
/// <param name="plan">The sweep's plan.</param>
/// <param name="done">What is done with an image, such as <c>checked</c>.</param>
internal sealed class ImageCountView(Invocation invocation, SweepPlan plan, string done) : IProgress<int>
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);

    private long _last = invocation.Host.Time.GetTimestamp();

    /// <inheritdoc/>
    public void Report(int value)
    {
        if (invocation.Host.Time.GetElapsedTime(_last) < BetweenLines)
            return;
        _last = invocation.Host.Time.GetTimestamp();
        invocation.Say($"{value} of {Amounts.Count(plan.Images.Length, "image")} {done}.");
    }
}
