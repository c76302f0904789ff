namespace PmSFC.Cli.Failures;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>All that was asked for is done.</summary>
    public const int Done = 0;

    /// <summary>Some jobs failed, or the product has a fault.</summary>
    public const int Failed = 1;

    /// <summary>The input cannot be worked on; one sentence on stderr says why.</summary>
    public const int BadInput = 2;

    /// <summary>A sweep is worse than a gate allows. <c>pmsfc-silo</c> has 3 for a device that hung or was lost.</summary>
    public const int GateFailed = 4;

    /// <summary>The user interrupted it.</summary>
    public const int Interrupted = 130;
}
