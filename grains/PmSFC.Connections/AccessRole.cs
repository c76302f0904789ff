namespace PmSFC.Connections;

/// <summary>What somebody may do through the API; each role may what those before it may.</summary>
public enum AccessRole
{
    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Steer sweeps: pause, resume, cancel, give another priority.</summary>
    Operator,

    /// <summary>All that there is.</summary>
    Admin,
}
