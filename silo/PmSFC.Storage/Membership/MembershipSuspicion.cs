namespace PmSFC.Storage;

/// <summary>A silo's vote that another is dead.</summary>
internal sealed record MembershipSuspicion(string By, DateTime At);
