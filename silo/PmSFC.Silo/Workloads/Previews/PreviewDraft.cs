using PmSFC.Abstractions.Jobs;
using PmSFC.Imaging;
using PmSFC.Silo.Devices;

namespace PmSFC.Silo.Workloads.Previews;

/// <summary>A preview that is to be written.</summary>
/// <param name="Work">Whose it is.</param>
/// <param name="Picture">What the codes give now, made small.</param>
/// <param name="Record">How far the job is.</param>
internal sealed record PreviewDraft(LeasedWork Work, RgbImage Picture, JobPreview Record);
