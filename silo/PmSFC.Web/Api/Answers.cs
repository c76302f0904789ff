using System.Text.Json.Serialization;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Sweeps;
using PmSFC.Connections;

namespace PmSFC.Web.Api;

/// <summary>The sweeps of the store.</summary>
/// <param name="Sweeps">The one that was started or resumed last first.</param>
internal sealed record SweepList(IReadOnlyList<StoredSweep> Sweeps);

/// <summary>A sweep.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Status">What the cluster says of it, or null where it has not started it since the store was made.</param>
/// <param name="Progress">How far it is, or null where the cluster has not started it and in answers to changes.</param>
internal sealed record SweepAnswer(string Id, string Name, SweepStatus? Status, ProgressAnswer? Progress = null);

/// <summary>A job in its sweep.</summary>
/// <param name="Cell">The label of its row.</param>
/// <param name="Image">The name of its image.</param>
/// <param name="Job">What the cluster says of it.</param>
internal sealed record JobRow(string Cell, string Image, JobStatus Job);

/// <summary>Some of a sweep's jobs, cell by cell, images in the plan's order.</summary>
/// <param name="Jobs">At most as many as were asked for; fewer, or none, where few of those that were looked at fit.</param>
/// <param name="Next">What to ask for as <c>after</c> next, or null at the end.</param>
internal sealed record JobPage(IReadOnlyList<JobRow> Jobs, int? Next);

/// <summary>How a job's loss fell.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="Iterations">Iterations in all.</param>
/// <param name="Losses">Every iteration that was recorded, with its loss.</param>
internal sealed record LossCurve(int Iteration, int Iterations, IReadOnlyList<LossPoint> Losses);

/// <summary>The devices of the cluster.</summary>
/// <param name="Devices">Those that asked for work or renewed lately.</param>
internal sealed record DeviceList(IReadOnlyList<DeviceStatus> Devices);

/// <summary>A sweep's new place in the queue.</summary>
/// <param name="Priority">Higher runs first.</param>
internal sealed record PriorityChange([property: JsonRequired] int Priority);

/// <summary>One change of a sweep.</summary>
/// <param name="At">When.</param>
/// <param name="Job">The job as it is now, or null.</param>
/// <param name="Preparation">The discovery or training as it is now, or null.</param>
/// <param name="Reason">Why the sweep stops or is paused, one sentence, or null.</param>
/// <param name="Finished">Whether it is the last.</param>
internal sealed record ChangeAnswer(DateTimeOffset At, JobRow? Job, PreparationStatus? Preparation, string? Reason, bool Finished);

/// <summary>Who asks.</summary>
/// <param name="Name">The token's name.</param>
/// <param name="Role">What he or she may do.</param>
/// <param name="Submissions">Whether the API takes specs of sweeps.</param>
internal sealed record Caller(string Name, AccessRole Role, Submissions Submissions);

/// <summary>The generators of the store.</summary>
/// <param name="Generators">By name.</param>
internal sealed record GeneratorList(IReadOnlyList<GeneratorRow> Generators);

/// <summary>A generator.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Resolution">Side of its images in pixels.</param>
internal sealed record GeneratorRow(string Id, string Name, int Resolution);

/// <summary>The image sets of the store.</summary>
/// <param name="Sets">By name.</param>
internal sealed record ImageSetList(IReadOnlyList<ImageSetRow> Sets);

/// <summary>An image set.</summary>
/// <param name="Name">What a spec writes after <c>set:</c>.</param>
/// <param name="Images">How many it has.</param>
internal sealed record ImageSetRow(string Name, int Images);

/// <summary>What a spec would do.</summary>
/// <param name="Id">The id of its sweep.</param>
/// <param name="Name">Its name.</param>
/// <param name="Images">Images of each row.</param>
/// <param name="Cells">Its rows.</param>
internal sealed record PlanAnswer(string Id, string Name, int Images, IReadOnlyList<PlannedCell> Cells);

/// <summary>A row of a sweep that was not started.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Jobs">Its jobs.</param>
/// <param name="Stored">Those of them whose results are stored.</param>
/// <param name="Iterations">Iterations of a job.</param>
/// <param name="BytesPerJob">Predicted memory of a job, in bytes.</param>
internal sealed record PlannedCell(string Label, int Jobs, int Stored, int Iterations, long BytesPerJob);
