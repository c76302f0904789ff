using PmSFC.Engine.Generators;
using static TorchSharp.torch;

namespace PmSFC.SecondFamily;

/// <summary>G1 of a styled generator for codes that each serve one subspace.</summary>
internal sealed class StyledRestrictedLower : IRestrictedLower
{
    private readonly StyledGenerator _generator;
    private readonly int _last;
    private readonly Tensor[] _weights;

    public StyledRestrictedLower(StyledGenerator generator, ChannelPartition partition, int split)
    {
        generator.Architecture.CheckPartition(partition, split);

        _generator = generator;
        _last = split - 1;
        using var scope = NewDisposeScope();
        _weights =
        [
            .. Enumerable
                .Range(0, partition.Count)
                .Select(subspace =>
                    generator
                        .Slice(
                            _last,
                            tensor(partition.ChannelsOf(subspace).Select(channel => (long)channel).ToArray(), device: generator.Device)
                        )
                        .DetachFromDisposeScope()
                ),
        ];
    }

    public SubspaceFeatures Forward(Tensor z)
    {
        using var scope = NewDisposeScope();
        var maps = new Tensor[_weights.Length];
        var contexts = new List<IReadOnlyList<Tensor>>();
        for (var subspace = 0; subspace < maps.Length; subspace++)
        {
            var codes = z.select(1, subspace); // [B, K, latent]
            var features = Restricted(codes.flatten(0, 1), _weights[subspace])
                .Select(tensor => tensor.view([codes.shape[0], codes.shape[1], .. tensor.shape[1..]]));
            maps[subspace] = features.Maps.MoveToOuterDisposeScope();
            contexts.Add(features.Context);
        }

        return new SubspaceFeatures(
            maps,
            [.. Enumerable.Range(0, 2).Select(i => cat([.. contexts.Select(context => context[i])], 1).MoveToOuterDisposeScope())]
        );
    }

    public void Dispose()
    {
        foreach (var weight in _weights)
            weight.Dispose();
    }

    private SplitFeatures Restricted(Tensor z, Tensor weight) =>
        _last == 0 ? _generator.First(z, weight) : _generator.Block(_generator.Enlarged(_generator.Lower(z, _last), _last), _last, weight);
}
