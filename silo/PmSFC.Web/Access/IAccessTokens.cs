using PmSFC.Connections;

namespace PmSFC.Web.Access;

/// <summary>Those who are let in by a secret.</summary>
internal interface IAccessTokens
{
    /// <summary>Who has a secret, or null where nobody has.</summary>
    AccessToken? Find(string secret);
}
