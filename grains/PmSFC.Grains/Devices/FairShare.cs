namespace PmSFC.Grains.Devices;

/// <summary>Device-seconds that each owner used, of which half is forgotten every half-life.</summary>
internal sealed class FairShare(TimeSpan halfLife)
{
    private const double Forgotten = 1e-3;

    private readonly Dictionary<string, (double Seconds, DateTimeOffset At)> _accounts = new(StringComparer.Ordinal);

    public double Of(string owner, DateTimeOffset now) =>
        _accounts.TryGetValue(owner, out var account) ? account.Seconds * Math.Pow(0.5, (now - account.At) / halfLife) : 0;

    public void Charge(string owner, double deviceSeconds, DateTimeOffset now)
    {
        var seconds = Of(owner, now) + Math.Max(0, deviceSeconds);
        if (seconds < Forgotten)
            _accounts.Remove(owner);
        else
            _accounts[owner] = (seconds, now);
    }
}
