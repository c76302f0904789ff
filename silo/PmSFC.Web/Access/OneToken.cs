using System.Security.Cryptography;
using System.Text;
using PmSFC.Connections;

namespace PmSFC.Web.Access;

/// <summary>Lets in the holder of one secret, as for the page of a run.</summary>
internal sealed class OneToken(AccessToken token) : IAccessTokens
{
    private readonly byte[] _hash = Encoding.ASCII.GetBytes(token.Hash);

    /// <inheritdoc/>
    public AccessToken? Find(string secret) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(AccessToken.HashOf(secret)), _hash) ? token : null;
}
