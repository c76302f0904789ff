namespace PmSFC.SiloHost.Configuration;

/// <summary>How silos find each other.</summary>
internal enum MembershipKind
{
    /// <summary>Through a table in the artifact store.</summary>
    Store,

    /// <summary>Orleans' own in Azure Table Storage, in the account of the artifact store.</summary>
    Tables,

    /// <summary>Orleans' own, for development: the first silo keeps the table in its memory, and the cluster ends with it.</summary>
    Development,
}
