using System.Globalization;
using System.Runtime.InteropServices;
using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using TorchSharp;

namespace PmSFC.Silo.Tests.Support;

/// <summary>A method whose runs do what a test says, and whose state is the number of steps that each image has seen.</summary>
internal sealed class FakeMethod : IOptimizationMethod
{
    public const string MethodName = "fake";

    public int Iterations { get; init; } = 10;

    /// <summary>Runs larger than this run out of memory at their first step.</summary>
    public int LargestBatch { get; init; } = int.MaxValue;

    /// <summary>The loss of an image after so many iterations.</summary>
    public Func<long, int, float> Loss { get; init; } = (_, iteration) => 1f / iteration;

    /// <summary>The loss of an image after so many iterations at a step size; where it is set, <see cref="Loss"/> is not asked.</summary>
    public Func<long, int, double, float>? LossAtScale { get; init; }

    /// <summary>Called on the device thread before each step.</summary>
    public Action<FakeRun> BeforeStep { get; set; } = _ => { };

    /// <summary>Called on the device thread before the images are asked for.</summary>
    public Action<FakeRun> BeforeReconstruction { get; init; } = _ => { };

    /// <summary>Sizes of the runs that were started.</summary>
    public List<int> Batches { get; } = [];

    public string Name => MethodName;

    public string Title => "Fake";

    public SettingsSchema Settings { get; } = new([], new Dictionary<string, IReadOnlyDictionary<string, string>>());

    public bool UsesSubspaces => false;

    public IReadOnlyList<string>? Tasks { get; init; }

    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    public ModelPlan Plan(ResolvedSettings settings, GeneratorArchitecture architecture, int subspaces) => new(default, 1);

    int IOptimizationMethod.Iterations(ResolvedSettings settings) => Iterations;

    public InversionRun Start(InversionProblem problem)
    {
        Batches.Add(problem.Seeds.Count);
        return new FakeRun(this, problem);
    }
}

/// <summary>A run of a <see cref="FakeMethod"/>.</summary>
internal sealed class FakeRun(FakeMethod method, InversionProblem problem) : InversionRun
{
    private readonly torch.Tensor _state = torch.zeros(problem.Seeds.Count).DetachFromDisposeScope();
    private int _iteration;

    public override int Iteration => _iteration;

    public override int Iterations => method.Iterations;

    public override int BatchSize => problem.Seeds.Count;

    public override void Step()
    {
        method.BeforeStep(this);
        if (BatchSize > method.LargestBatch)
            throw new ExternalException("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory");
        _iteration++;
        _state.add_(1);
    }

    public override float[] Losses() =>
        [.. problem.Seeds.Select(seed => method.LossAtScale?.Invoke(seed, _iteration, problem.StepScale) ?? method.Loss(seed, _iteration))];

    public override torch.Tensor Reconstruct()
    {
        method.BeforeReconstruction(this);
        using var scope = torch.NewDisposeScope();
        return (problem.Targets * 0.5).MoveToOuterDisposeScope();
    }

    public override byte[] Checkpoint(int image) => Write(image);

    public override byte[] Codes(int image) => Write(image);

    public override void Restore(IReadOnlyList<byte[]> checkpoints)
    {
        var files = checkpoints.Select(content => SafetensorsFile.Read(content, "checkpoint")).ToArray();
        _iteration = CheckpointIteration(checkpoints[0]);
        for (var i = 0; i < files.Length; i++)
            _state[i] = torch.tensor(files[i].ReadFloats("state", 1)[0]);
    }

    protected override void Dispose(bool disposing) => _state.Dispose();

    private byte[] Write(int image) =>
        new SafetensorsWriter()
            .AddMetadata(IterationEntry, _iteration.ToString(CultureInfo.InvariantCulture))
            .Add("state", [_state[image].item<float>()], 1)
            .ToArray();
}
