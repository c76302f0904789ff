using PmSFC.Engine.Preparation;

namespace PmSFC.Silo.Workloads;

/// <summary>A preparation whose inputs are loaded.</summary>
/// <param name="Method">What metrics call it.</param>
/// <param name="Span">The span that covers its iterations.</param>
/// <param name="Start">Begins it, on the device's thread.</param>
internal sealed record PreparationSetup<TRun>(string Method, string Span, Func<TRun> Start)
    where TRun : PreparationRun;
