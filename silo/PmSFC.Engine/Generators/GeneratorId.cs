using System.Text;
using PmSFC.Wording;

namespace PmSFC.Engine.Generators;

/// <summary>A generator's identity: a hash of its files, so that the same generator has one id everywhere.</summary>
public static class GeneratorId
{
    /// <summary>The id of a generator with or without a perceptual network.</summary>
    /// <param name="weights">The generator's file.</param>
    /// <param name="perceptual">The perceptual network's file; <see langword="null"/> where there is none.</param>
    /// <returns>32 hexadecimal digits in lower case.</returns>
    public static string Of(ReadOnlySpan<byte> weights, byte[]? perceptual) =>
        Of(Sha256Text.Of(weights), perceptual is null ? null : Sha256Text.Of(perceptual));

    /// <summary>The same from the files' SHA-256 in lower-case hexadecimal digits.</summary>
    public static string Of(string weightsHash, string? perceptualHash) =>
        Sha256Text.Of(Encoding.UTF8.GetBytes($"generator\n{weightsHash}\n{perceptualHash ?? "none"}"))[..32];
}
