namespace PmSFC.Engine.Perceptual;

/// <summary>What a <see cref="TrunkFeatures"/> does with images before it looks at them.</summary>
internal enum TrunkInput
{
    /// <summary>It brings them to 256×256 pixels and to ImageNet's means and deviations.</summary>
    ImageNet,

    /// <summary>Nothing.</summary>
    AsItIs,
}
