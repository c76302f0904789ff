using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using TorchSharp;

namespace PmSFC.Silo.Tests.Support;

/// <summary>A real method that tells of each step before it does it.</summary>
internal sealed class HookedMethod(IOptimizationMethod inner, Action<InversionRun> beforeStep) : IOptimizationMethod
{
    public string Name => inner.Name;

    public string Title => inner.Title;

    public SettingsSchema Settings => inner.Settings;

    public bool UsesSubspaces => inner.UsesSubspaces;

    public string? Network => inner.Network;

    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        inner.Check(settings, architecture);

    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) =>
        inner.Plan(settings, architecture, subspaces);

    public int Iterations(ResolvedSettings settings) => inner.Iterations(settings);

    public InversionRun Start(InversionProblem problem) => new Run(inner.Start(problem), beforeStep);

    private sealed class Run(InversionRun run, Action<InversionRun> beforeStep) : InversionRun
    {
        public override int Iteration => run.Iteration;

        public override int Iterations => run.Iterations;

        public override int BatchSize => run.BatchSize;

        public override void Step()
        {
            beforeStep(run);
            run.Step();
        }

        public override float[] Losses() => run.Losses();

        public override torch.Tensor Reconstruct() => run.Reconstruct();

        public override byte[] Checkpoint(int image) => run.Checkpoint(image);

        public override void Restore(IReadOnlyList<byte[]> checkpoints) => run.Restore(checkpoints);

        public override byte[] Codes(int image) => run.Codes(image);

        protected override void Dispose(bool disposing) => run.Dispose();
    }
}
