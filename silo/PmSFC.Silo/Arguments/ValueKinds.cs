using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Devices.Discovery;
using PmSFC.Storage;
using PmSFC.Wording;

namespace PmSFC.Silo.Arguments;

/// <summary>The kinds of values that arguments, variables and settings have.</summary>
public static partial class ValueKinds
{
    /// <summary>Text that is not empty.</summary>
    public static ValueKind<string> Text { get; } =
        new("text that is not empty", (string text, out string? value) =>
            string.IsNullOrWhiteSpace(value = text) ? "must be text that is not empty" : null
        );

    /// <summary>The path of a file or folder; <c>~</c> is the user's home, as in a shell, which leaves it alone after <c>=</c>.</summary>
    public static ValueKind<string> Path { get; } = new("the path of a file or folder", ReadPath);

    /// <summary>Where an artifact store is.</summary>
    public static ValueKind<string> StoreLocation { get; } = new(ArtifactStores.Kinds, (string text, out string? value) =>
        {
            try
            {
                value = ArtifactStores.Normalize(text);
                return null;
            }
            catch (ArgumentException e)
            {
                value = null;
                return e.Message;
            }
        });

    /// <summary>The id of a cluster or service.</summary>
    public static ValueKind<string> Id { get; } =
        Of("1 to 63 lower-case letters, digits and '-', beginning with a letter or digit", (string text, out string value) =>
            IdPattern().IsMatch(value = text)
        );

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static ValueKind<bool> Truth { get; } = Of("true or false", (string text, out bool value) => bool.TryParse(text, out value));

    /// <summary>An amount of memory in bytes.</summary>
    public static ValueKind<long> Bytes { get; } =
        Of("an amount such as 4GiB, 1.5GB or 800MiB", (string text, out long value) => (value = MemorySize.Parse(text) ?? 0) > 0);

    /// <summary>Devices of this machine.</summary>
    public static ValueKind<string> Devices { get; } =
        Of(DeviceRequest.Form, (string text, out string value) => DeviceRequest.IsValid(value = text));

    /// <summary>An IP address and a port.</summary>
    public static ValueKind<IPEndPoint> Endpoint { get; } =
        Of("an IP address and a port, for example 127.0.0.1:30000", (string text, out IPEndPoint value) =>
            IPEndPoint.TryParse(text, out value!)
            && value.Port > 0
            && (value.AddressFamily != AddressFamily.InterNetwork || value.ToString() == text)
        );

    /// <summary>A whole number in decimal digits.</summary>
    public static ValueKind<int> Integer(int least, int most) =>
        Of(Range("a whole number", least, most), (string text, out int value) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= least && value <= most
        );

    /// <summary>A whole number of 64 bits in decimal digits, as seeds are.</summary>
    public static ValueKind<long> Long { get; } =
        Of(Range("a whole number", long.MinValue, long.MaxValue), (string text, out long value) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
        );

    /// <summary>A time in seconds, with a point before decimals.</summary>
    public static ValueKind<TimeSpan> Seconds(double least, double most) =>
        Of(string.Create(CultureInfo.InvariantCulture, $"from {least} to {most} seconds"), (string text, out TimeSpan value) =>
        {
            var isNumber =
                double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= least
                && seconds <= most;
            value = isNumber ? TimeSpan.FromSeconds(seconds) : default;
            return isNumber;
        });

    /// <summary>One of a few names.</summary>
    public static ValueKind<string> Choice(params IEnumerable<string> known)
    {
        string[] names = [.. known];
        var list = $"one of {string.Join(", ", names)}";
        return new ValueKind<string>(list, (string text, out string? value) => names.Contains(value = text) ? null
            : Spelling.Nearest(text, names) is { } nearest ? $"must be {list}; did you mean '{nearest}'?"
            : $"must be {list}");
    }

    /// <summary>The same kind of value where there may be none.</summary>
    public static ValueKind<T?> Optional<T>(this ValueKind<T> kind)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(kind);
        return new ValueKind<T?>(kind.MustBe, (string text, out T? value) =>
        {
            var problem = kind.TryRead(text, out var read);
            value = problem is null ? read : null;
            return problem;
        });
    }

    private delegate bool Attempt<T>(string text, out T value);

    private static ValueKind<T> Of<T>(string mustBe, Attempt<T> attempt) =>
        new(mustBe, (string text, out T? value) => attempt(text, out value!) ? null : $"must be {mustBe}");

    private static string Range(string what, long least, long most) =>
        string.Create(CultureInfo.InvariantCulture, $"{what} from {least} to {most}");

    private static string? ReadPath(string text, out string? value)
    {
        value = null;
        if (string.IsNullOrWhiteSpace(text))
            return "must be the path of a file or folder";
        try
        {
            value = HomeFolder.Expand(text);
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z")]
    private static partial Regex IdPattern();
}
