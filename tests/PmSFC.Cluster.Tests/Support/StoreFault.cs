namespace PmSFC.Cluster.Tests.Support;

/// <summary>What happens to the requests to a store.</summary>
internal enum StoreFault
{
    /// <summary>They are answered.</summary>
    None,

    /// <summary>They are answered 503.</summary>
    Busy,

    /// <summary>They are answered 500.</summary>
    Broken,

    /// <summary>They are not answered before the fault is over, and then their connections break.</summary>
    Hanging,

    /// <summary>The connections of uploads break when half of the content has reached the store.</summary>
    UploadsBreak,

    /// <summary>The store does what is asked, and the connections break before its answers arrive.</summary>
    AnswersAreLost,

    /// <summary>All connections break, those of requests under way among them.</summary>
    Gone,
}
