using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Pmsfc;

/// <summary>
/// Eq. 6 and 7 of the paper: in each subspace the maps of its own K codes are averaged with the weights tanh(w), channel by channel, and the
/// subspaces' maps are put back in channel order.
/// <para>
/// The quotient by s = Σ tanh(w) is taken as s / (s² + ε²) with ε = 10⁻³: equal to 1/s within 10⁻⁷ where the weights start, smooth, and at most
/// 1/(2ε) where s crosses zero. Weights start all equal and positive, so that a run begins with plain means.
/// </para>
/// </summary>
public sealed class PmsfcComposition : IFeatureComposition
{
    private static readonly Scalar SquaredGuard = 1e-6;
    private static readonly long[] OverCodes = [1];

    private readonly IGenerator _generator;
    private readonly IRestrictedLower _lower;
    private readonly ChannelPartition _partition;
    private readonly Tensor _order;
    private readonly Tensor _inverseOrder;

    /// <summary>Prepares the composition for a generator.</summary>
    /// <param name="generator">Borrowed: disposed by the caller, after this.</param>
    /// <param name="partition">The subspaces of the channels at the cut.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="codes">K, codes a subspace.</param>
    /// <param name="startWeight">What every w starts from, above 0.</param>
    public PmsfcComposition(IGenerator generator, ChannelPartition partition, int split, int codes, double startWeight = 1)
    {
        StartWeight = startWeight;
        _generator = generator;
        _partition = partition;
        _lower = generator.Restrict(partition, split);
        _order = Indices(partition.Order, generator.Device);
        _inverseOrder = Indices(partition.InverseOrder, generator.Device);
        CodeShape = [partition.Count, codes, generator.Architecture.LatentSize];
        WeightShape = [codes, partition.Channels];
    }

    /// <summary>[R, K, latent].</summary>
    public IReadOnlyList<long> CodeShape { get; }

    /// <summary>[K, C], channels in the generator's order; a channel's weights belong to the codes of its subspace.</summary>
    public IReadOnlyList<long> WeightShape { get; }

    /// <inheritdoc/>
    public double StartWeight { get; }

    /// <inheritdoc/>
    public SplitFeatures Compose(Tensor z, Tensor w)
    {
        using var scope = NewDisposeScope();
        var activated = w.tanh();
        var sum = activated.sum(OverCodes, keepdim: true);
        var shares = (activated * (sum / ((sum * sum).Add(SquaredGuard)))).index_select(2, _order).unsqueeze(-1).unsqueeze(-1); // [B, K, C, 1, 1]
        var features = _lower.Forward(z);
        var maps = new Tensor[_partition.Count];
        var start = 0L;
        for (var r = 0; r < maps.Length; r++)
        {
            maps[r] = (features.Maps[r] * shares.narrow(2, start, _partition.Sizes[r])).sum(OverCodes);
            start += _partition.Sizes[r];
        }

        return new SplitFeatures(
            cat(maps, 1).index_select(1, _inverseOrder),
            _generator.CombineContexts(features.Context)
        ).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lower.Dispose();
        _order.Dispose();
        _inverseOrder.Dispose();
    }

    private static Tensor Indices(IReadOnlyList<int> channels, Device device) =>
        tensor(channels.Select(c => (long)c).ToArray(), device: device).DetachFromDisposeScope();
}
