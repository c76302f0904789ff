namespace PmSFC.Web.Api;

/// <summary>Whether specs of sweeps may be sent to the API.</summary>
internal enum Submissions
{
    /// <summary>They may: a cluster runs them.</summary>
    Accepted,

    /// <summary>They may not: the process ends with its own sweep.</summary>
    Refused,
}
