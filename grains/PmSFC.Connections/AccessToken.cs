using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using PmSFC.Abstractions.Failures;
using PmSFC.Wording;

namespace PmSFC.Connections;

/// <summary>
/// Somebody who is let in by a secret. A file of tokens has a line for each, <c>NAME ROLE SHA256</c>, and so no secret: 256 random bits cannot be found from their hash.
/// </summary>
/// <param name="Name">Who it is, for the audit: letters, digits and <c>. _ @ -</c>, 64 at most.</param>
/// <param name="Role">What he or she may do.</param>
/// <param name="Hash">SHA-256 of the secret's UTF-8, 64 lower-case hexadecimal digits.</param>
public sealed partial record AccessToken(string Name, AccessRole Role, string Hash)
{
    private const string Prefix = "pmsfc_";
    private const int SecretBytes = 32;

    /// <summary>What a name may be.</summary>
    public const string NameRule = "letters, digits and . _ @ -, 64 at most";

    /// <summary>The roles as a file names them, the one that may least first.</summary>
    public static IReadOnlyList<string> Roles { get; } = [.. Enum.GetNames<AccessRole>().Select(role => role.ToLowerInvariant())];

    /// <summary>Makes a token with a new secret.</summary>
    /// <returns>The token, for the file, and its secret, which is not stored.</returns>
    /// <exception cref="BadInputException">The name is none.</exception>
    public static (AccessToken Token, string Secret) Create(string name, AccessRole role)
    {
        if (!NamePattern().IsMatch(name))
            throw new BadInputException($"'{ShownText.Line(name)}' is no name for a token; write {NameRule}.");
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (new AccessToken(name, role, HashOf(secret)), secret);
    }

    /// <summary>The tokens of a file's text. Empty lines and lines that begin with <c>#</c> are passed over.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">The file, for messages.</param>
    /// <exception cref="BadInputException">A line is no token, or a name or a secret is there twice; the message names the line and never shows it.</exception>
    public static IReadOnlyList<AccessToken> Read(string text, string place)
    {
        var tokens = new List<AccessToken>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Trim() is not { Length: > 0 } content || content[0] == '#')
                continue;
            var token = content.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var name, var role, var hash]
                ? new AccessToken(
                    NamePattern().IsMatch(name) ? name : throw Fault($"its name is none: {NameRule}"),
                    Roles.Contains(role)
                        ? Enum.Parse<AccessRole>(role, ignoreCase: true)
                        : throw Fault($"its second word is no role; write one of {string.Join(", ", Roles)}"),
                    HashPattern().IsMatch(hash)
                        ? hash
                        : throw Fault(
                            "its third word is no SHA-256 in 64 lower-case hexadecimal digits; a secret itself must not be in the file"
                        )
                )
                : throw Fault("it is not NAME ROLE SHA256; 'pmsfc access token' makes such lines");
            if (tokens.Exists(other => other.Name == token.Name))
                throw Fault("its name is in an earlier line too");
            if (tokens.Exists(other => other.Hash == token.Hash))
                throw Fault("its secret is in an earlier line too");
            tokens.Add(token);
        }

        return tokens;

        BadInputException Fault(string fault) => new($"Line {number} of {place} is no token: {fault}.");
    }

    /// <summary>What stands for a secret in a file.</summary>
    public static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The token's line in a file.</summary>
    public override string ToString() => $"{Name} {Role.ToString().ToLowerInvariant()} {Hash}";

    [GeneratedRegex(@"\A[A-Za-z0-9._@-]{1,64}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex HashPattern();
}
