using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Subspaces;

/// <summary>A run of <see cref="SelfExpressiveDiscovery"/>. The codes of a step depend on the seed and the step's number alone.</summary>
internal sealed class SelfExpressiveRun : DiscoveryRun
{
    private const double StartDeviation = 0.01;
    private const int HistoryPoints = 200;
    private const double LargestShareOfChannels = 0.9;

    // Draws that belong to no step: steps count from 1.
    private const long StartDraw = 0,
        ClusteringDraw = -1,
        ShareDraw = -2;

    private readonly string _method;
    private readonly IGenerator _generator;
    private readonly ResolvedSettings _settings;
    private readonly long _seed;
    private readonly SelfExpressiveSettings _bound;
    private readonly int _channels;
    private readonly SelfExpressiveLayer _layer;
    private readonly List<DiscoveryLosses> _history = [];

    public SelfExpressiveRun(string method, IGenerator generator, ResolvedSettings settings, long seed)
    {
        _method = method;
        _generator = generator;
        _settings = settings;
        _seed = seed;
        _bound = SelfExpressiveSettings.Bind(settings);
        _channels = generator.Architecture.ChannelsAt(_bound.Split);
        _layer = new SelfExpressiveLayer(StartCoefficients(), _channels, _bound.Objective, _bound.StepSize, generator.Device);
    }

    public override int Iteration => _layer.Steps;

    public override int Iterations => _bound.Steps;

    public override void Step()
    {
        if (Iteration >= Iterations)
            throw new InvalidOperationException($"All {Iterations} steps of the discovery are done.");
        using var scope = NewDisposeScope();
        var codes = NormalNumbers.Draw(_seed, Iteration + 1, _bound.Codes, _generator.Architecture.LatentSize).to(_generator.Device);
        var features = _generator.Lower(codes, _bound.Split);
        _layer.Step(features.Maps, maps => _generator.Upper(features with { Maps = maps }, _bound.Split));
        if (Iteration == 1 || Iteration == Iterations || Iteration % Math.Max(1, Iterations / HistoryPoints) == 0)
            _history.Add(_layer.Losses()!);
    }

    public override DiscoveryLosses? Losses() => _layer.Losses();

    public override byte[] Checkpoint()
    {
        var (first, second) = _layer.Moments;
        var points = Losses() is { } latest ? _history.Append(latest).ToArray() : [];
        var losses = points.SelectMany(point => new[] { point.Iteration, point.Feature, point.Image, point.Sparsity }).ToArray();
        var writer = PreparationCheckpoint
            .Begin(Identity, Iteration)
            .Add("coefficients", _layer.Coefficients, _channels, _channels)
            .Add("adam.first", first, _channels, _channels)
            .Add("adam.second", second, _channels, _channels)
            .Add("losses", losses, points.Length, 4);
        return writer.ToArray();
    }

    public override void Restore(byte[] checkpoint)
    {
        var file = SafetensorsFile.Read(checkpoint, "The checkpoint of the discovery");
        var iteration = PreparationCheckpoint.Iteration(file.Header, Identity, Iterations, "discovery");
        var rows = file.Header.Entry("losses").Shape is [var count, 4] ? (int)count : 0;
        var losses = file.ReadFloats("losses", rows, 4)
            .Chunk(4)
            .Select(row => new DiscoveryLosses((int)row[0], row[1], row[2], row[3]))
            .ToArray();
        var moments = (file.ReadFloats("adam.first", _channels, _channels), file.ReadFloats("adam.second", _channels, _channels));
        _layer.Restore(file.ReadFloats("coefficients", _channels, _channels), moments, losses.LastOrDefault(), iteration);
        _history.Clear();
        _history.AddRange(losses.SkipLast(1));
    }

    public override SubspaceSet Finish()
    {
        if (Iteration < Iterations)
            throw new InvalidOperationException($"The discovery has done {Iteration} of {Iterations} steps.");
        var coefficients = _layer.Coefficients;
        var affinity = AffinityMatrix.FromCoefficients(coefficients, _channels);
        var partition = Group(affinity, SplitMix64.Derive(_seed, ClusteringDraw));
        DemandSeveral(partition);
        return SubspaceSet.Of(_method, _settings, _seed, coefficients, affinity, partition, ShareDraw, Group) with
        {
            LossHistory = [.. _history],
        };

        ChannelPartition Group(AffinityMatrix matrix, long seed) => SpectralClustering.Cluster(matrix, _bound.Subspaces, seed);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _layer.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Demands that no subspace takes nearly all channels, which Eq. 5 allows where S is dominated by a few of them.</summary>
    /// <exception cref="DegenerateAffinityException">One does.</exception>
    internal static void DemandSeveral(ChannelPartition partition)
    {
        if (partition.Count == 1 || partition.Sizes.Max() <= LargestShareOfChannels * partition.Channels)
            return;
        throw new DegenerateAffinityException(
            $"One subspace takes {partition.Sizes.Max()} of {partition.Channels} channels, so the others are of no use; "
                + "change 'mu' or 'norms', raise 'steps' or 'codes-per-step', or ask for fewer 'subspaces'."
        );
    }

    private string Identity => $"{_method} {_settings} seed={_seed}";

    private float[] StartCoefficients()
    {
        if (_bound.BeginsAtZero)
            return new float[_channels * _channels];
        using var scope = NewDisposeScope();
        return NormalNumbers.Draw(_seed, StartDraw, _channels, _channels).Multiply(StartDeviation).data<float>().ToArray();
    }
}
