using System.Globalization;
using PmSFC.Abstractions.Preparations;
using PmSFC.Client.Progress;
using PmSFC.Silo.Devices;

namespace PmSFC.Cli.Progress;

/// <summary>Amounts as people read them.</summary>
internal static class Amounts
{
    /// <summary>A time span: <c>8 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>, or <c>?</c> where it is not known.</summary>
    public static string Duration(TimeSpan? span) =>
        span switch
        {
            null => "?",
            { TotalSeconds: < 59.5 } s => Text($"{s.TotalSeconds:0} s"),
            { TotalMinutes: < 59.5 } m => Text($"{(int)m.TotalMinutes} min {m.Seconds:00} s"),
            { TotalHours: < 48 } h => Text($"{(int)h.TotalHours} h {h.Minutes:00} min"),
            { } d => Text($"{d.TotalDays:0.#} days"),
        };

    /// <summary>Iterations a second.</summary>
    public static string Rate(double perSecond) => perSecond <= 0 ? "" : Text($"{perSecond:0.#} it/s");

    /// <summary>Bytes in binary units.</summary>
    public static string Bytes(double bytes) => MemorySize.Format(bytes);

    /// <summary>The first digits of an id: enough to type.</summary>
    public static string ShortId(string id) => id[..Math.Min(8, id.Length)];

    /// <summary>A number with its unit's singular or plural.</summary>
    public static string Count(int count, string singular) => Text($"{count} {singular}{(count == 1 ? "" : "s")}");

    /// <summary>What a preparation does.</summary>
    /// <param name="kind">Name of its kind.</param>
    public static string Doing(string kind) =>
        kind switch
        {
            PreparationKinds.Network => "training a network",
            PreparationKinds.Subspaces => "finding subspaces",
            _ => $"preparing {kind}",
        };

    /// <summary>Who waits for a reason.</summary>
    public static string Who(WaitingReason reason) => reason.Preparation is { } kind ? Doing(kind) : Count(reason.Jobs, "job");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
