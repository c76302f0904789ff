using System.Globalization;

namespace PmSFC.Silo.Devices.Discovery;

/// <summary>Which devices somebody asks for.</summary>
/// <param name="Text"><see cref="Automatic"/>, or devices joined by commas: <c>cpu</c>, <c>cuda</c> for all GPUs, <c>cuda:N</c> for one.</param>
/// <param name="Origin">Where it was asked, for people: a setting, an option, a variable.</param>
public sealed record DeviceRequest(string Text, string Origin)
{
    /// <summary>All GPUs where this process can use some, else the CPU.</summary>
    public const string Automatic = "auto";

    /// <summary>The CPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>What a text must be, as the end of a sentence.</summary>
    public const string Form = "auto, or a list of cpu, cuda and cuda:N, for example cuda:0,cuda:1";

    internal const string AllGpus = "cuda",
        GpuPrefix = "cuda:";

    /// <summary>Whether a text is a request.</summary>
    public static bool IsValid(string text) =>
        text == Automatic || text.Split(',').All(part => part is Cpu or AllGpus || IndexOf(part) is not null);

    /// <summary>N of <c>cuda:N</c>.</summary>
    internal static int? IndexOf(string part) =>
        part.StartsWith(GpuPrefix, StringComparison.Ordinal)
        && int.TryParse(part.AsSpan(GpuPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
}
