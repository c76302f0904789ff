using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Silo.Devices;

/// <summary>Where a piece of leased work reports to.</summary>
internal interface IWorkReports
{
    /// <summary>The work goes on.</summary>
    Task ProgressAsync(LeasedWork work, JobProgress progress);

    /// <summary>The attempt is over.</summary>
    Task SettleAsync(LeasedWork work, WorkOutcome outcome, JobFailure? failure);
}
