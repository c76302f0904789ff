using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;

namespace PmSFC.Silo.Devices;

/// <summary>Where a piece of leased work reports to.</summary>
internal interface IWorkReports
{
    /// <summary>The work goes on.</summary>
    Task Progress(LeasedWork work, JobProgress progress);

    /// <summary>The attempt is over.</summary>
    Task Settle(LeasedWork work, WorkOutcome outcome, JobFailure? failure);
}
