using System.Security.Cryptography;

namespace PmSFC.Wording;

/// <summary>How a SHA-256 is written.</summary>
public static class Sha256Text
{
    /// <summary>The SHA-256 of a content: 64 hexadecimal digits in lower case.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
