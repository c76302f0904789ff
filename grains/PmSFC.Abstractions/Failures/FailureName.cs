namespace PmSFC.Abstractions.Failures;

/// <summary>Why a job did not succeed. Each name has one retry rule, <see cref="RetryRule"/>.</summary>
public enum FailureName
{
    /// <summary>The input is unusable on any device: never retried.</summary>
    BadInput = 0,

    /// <summary>Not even a batch of one fits the device's memory.</summary>
    OutOfMemory = 1,

    /// <summary>The loss became NaN or infinite, or exploded, and did so again after a restart from the last good checkpoint with half the step size.</summary>
    Diverged = 2,

    /// <summary>The worker stopped renewing its lease: it died or was cut off. Not a failure of the job.</summary>
    Lost = 3,

    /// <summary>The artifact store did not answer for longer than the silo's patience, was full, or could not be written.</summary>
    StoreUnavailable = 4,

    /// <summary>Something the product did not foresee.</summary>
    Bug = 5,
}
