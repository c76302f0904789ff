using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Analyses;

/// <summary>The features at the cut that a finished inversion stands for: its codes, composed as its method composes them.</summary>
public static class ComposedFeatures
{
    /// <summary>Composes stored codes. G2 of the features is what the inversion reconstructed.</summary>
    /// <param name="generator">The generator of the inversion.</param>
    /// <param name="method">Its method.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="partition">Its subspaces; needed by methods that use subspaces.</param>
    /// <param name="codes">What <see cref="Reconstruction.Codes"/> gave.</param>
    /// <param name="name">What error messages call the codes.</param>
    /// <returns>Of one image, detached; owned by the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The codes are damaged, or of another method or other sizes.</exception>
    /// <exception cref="ArgumentException">The partition is missing, or is of another number of channels.</exception>
    public static SplitFeatures Compose(
        IGenerator generator,
        IFeatureComposingMethod method,
        ResolvedSettings settings,
        ChannelPartition? partition,
        ReadOnlyMemory<byte> codes,
        string name
    )
    {
        var file = SafetensorsFile.Read(codes, name);
        if (file.Header.Metadata.GetValueOrDefault(OptimizationRun.MethodEntry) is var other && other != method.Name)
            throw SafetensorsHeader.Damaged(name, $"holds codes of the method '{other}', not '{method.Name}'");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        using var composition = method.CreateComposition(generator, settings, partition);
        var (styles, split) = (StyleUse.Bind(settings), SplitSetting.Bind(settings));
        var upperStyles = styles.SearchesUpperStyles
            ? Read(
                CompositionModel.UpperStyles,
                [StyleUse.UpperPlaces(generator.Architecture, split), generator.Architecture.Synthesis!.LatentSize]
            )
            : null;
        var composed = composition.Compose(Read("z", composition.CodeShape), Read("w", composition.WeightShape));
        return styles.Complete(generator, composed, split, upperStyles).MoveToOuterDisposeScope();

        Tensor Read(string entry, IReadOnlyList<long> shape) =>
            tensor(file.ReadFloats(entry, [.. shape])).view([1, .. shape]).to(generator.Dtype, generator.Device);
    }
}
