using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Subspaces;

/// <summary>A run of <see cref="CorrelationDiscovery"/>: moments of the maps, summed in double precision over one batch of codes after the other.</summary>
internal sealed class CorrelationRun : DiscoveryRun
{
    /// <summary>Codes of an iteration.</summary>
    public const int Batch = 64;

    private static readonly long[] OverCodes = [0];

    // Draws that belong to no batch: batches count from 1.
    private const long ClusteringDraw = -1,
        ShareDraw = -2;

    private readonly string _method;
    private readonly IGenerator _generator;
    private readonly ResolvedSettings _settings;
    private readonly long _seed;
    private readonly CorrelationSettings _bound;
    private readonly Tensor _sums; // [C·h·w]
    private readonly Tensor _products; // [C, C]: sums over codes and pixels
    private int _batches;

    public CorrelationRun(string method, IGenerator generator, ResolvedSettings settings, long seed)
    {
        _method = method;
        _generator = generator;
        _settings = settings;
        _seed = seed;
        _bound = CorrelationSettings.Bind(settings);
        using var scope = NewDisposeScope();
        _sums = zeros([(long)Channels * Pixels], dtype: ScalarType.Float64).DetachFromDisposeScope();
        _products = zeros([Channels, Channels], dtype: ScalarType.Float64).DetachFromDisposeScope();
    }

    public override int Iteration => _batches;

    public override int Iterations => (_bound.Codes + Batch - 1) / Batch;

    private int Channels => _generator.Architecture.ChannelsAt(_bound.Split);

    private int Pixels => _generator.Architecture.ResolutionAt(_bound.Split) * _generator.Architecture.ResolutionAt(_bound.Split);

    public override void Step()
    {
        if (_batches >= Iterations)
            throw new InvalidOperationException($"All {Iterations} batches of codes are drawn already.");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var count = Math.Min(Batch, _bound.Codes - _batches * Batch);
        var codes = NormalNumbers
            .Draw(_seed, _batches + 1, count, _generator.Architecture.LatentSize)
            .to(_generator.Dtype, _generator.Device);
        var maps = _generator.Lower(codes, _bound.Split).Maps.flatten(2).to(ScalarType.Float64, CPU); // [N, C, h·w]
        _sums.AddInPlace(maps.sum(OverCodes).flatten());
        var columns = maps.transpose(0, 1).reshape(Channels, -1);
        _products.AddInPlace(columns.mm(columns.t()));
        _batches++;
    }

    public override DiscoveryLosses? Losses() => null;

    public override byte[] Checkpoint() => PreparationCheckpoint.Begin(Identity, _batches).ToArray();

    /// <summary>Draws the batches of the checkpoint again: they take less time than sums of double precision take space.</summary>
    public override void Restore(byte[] checkpoint)
    {
        var header = SafetensorsFile.Read(checkpoint, "The checkpoint of the discovery").Header;
        var batches = PreparationCheckpoint.Iteration(header, Identity, Iterations, "discovery");
        using (no_grad())
        {
            _sums.zero_();
            _products.zero_();
        }

        _batches = 0;
        while (_batches < batches)
            Step();
    }

    public override SubspaceSet Finish()
    {
        if (_batches < Iterations)
            throw new InvalidOperationException($"The discovery has drawn {_batches} of {Iterations} batches of codes.");
        var correlations = Correlations();
        var affinity = AffinityMatrix.FromCoefficients(correlations, Channels);
        return SubspaceSet.Of(
            _method,
            _settings,
            _seed,
            correlations,
            affinity,
            Group(affinity, SplitMix64.Derive(_seed, ClusteringDraw)),
            ShareDraw,
            Group
        );
    }

    private ChannelPartition Group(AffinityMatrix affinity, long seed)
    {
        var clusters = SpectralClustering.Cluster(affinity, _bound.Subspaces, seed);
        return _bound.GroupsSimilar ? clusters : DealtOut(clusters);
    }

    /// <summary>As many subspaces, each with its share of every cluster.</summary>
    internal static ChannelPartition DealtOut(ChannelPartition clusters)
    {
        var labels = new int[clusters.Channels];
        for (var i = 0; i < labels.Length; i++)
            labels[clusters.Order[i]] = i % clusters.Count;
        return new ChannelPartition(labels, clusters.Count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _sums.Dispose();
            _products.Dispose();
        }

        base.Dispose(disposing);
    }

    private string Identity => $"{_method} {_settings} seed={_seed}";

    /// <summary>Correlations of channels, C×C, row-major, 0 on the diagonal and for a channel that never varies.</summary>
    private float[] Correlations()
    {
        using var scope = NewDisposeScope();
        var means = _sums.DivideBy(_bound.Codes).view(Channels, Pixels);
        var covariance = _products.DivideBy(_bound.Codes) - means.mm(means.t());
        var nothing = zeros(Channels, dtype: ScalarType.Float64);
        var scale = diag(covariance).maximum(nothing).sqrt();
        scale = where(scale.gt(nothing), scale.reciprocal(), nothing);
        var correlation = covariance * scale.unsqueeze(0) * scale.unsqueeze(1) * (-eye(Channels, dtype: ScalarType.Float64)).Add(1);
        return correlation.to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }
}
