namespace PmSFC.Engine.Styles;

/// <summary>
/// What a tensor of a generator with styles is, whatever a layout calls it. Blocks and the RGB images after them are numbered from 0. Sizes are those of a
/// StyleGAN2; a StyleGAN1 has strengths of noise for each channel, [C], and a modulation of scales and shifts, [2 C, S].
/// </summary>
internal enum Part
{
    /// <summary>[S, latent], or [S, S] of a later layer of the mapping.</summary>
    MappingWeight,

    /// <summary>[S].</summary>
    MappingBias,

    /// <summary>[1, C, 4, 4].</summary>
    Constant,

    /// <summary>[1, O, I, 3, 3].</summary>
    Kernel,

    /// <summary>[I, S]: what gives a block's scales of a style.</summary>
    Modulation,

    /// <summary>[I].</summary>
    ModulationBias,

    /// <summary>[1].</summary>
    NoiseStrength,

    /// <summary>[O].</summary>
    Bias,

    /// <summary>[1, 1, r, r].</summary>
    Noise,

    /// <summary>[1, colors, C, 1, 1].</summary>
    RgbKernel,

    /// <summary>[C, S].</summary>
    RgbModulation,

    /// <summary>[C].</summary>
    RgbModulationBias,

    /// <summary>[1, colors, 1, 1].</summary>
    RgbBias,

    /// <summary>[S]: the mean of styles over codes.</summary>
    MeanStyle,

    /// <summary>[1]: the largest absolute value of a map and of an RGB image.</summary>
    Clamp,

    /// <summary>[1]: ψ, by which styles of codes are drawn nearer to their mean; in the project's own files alone.</summary>
    Truncation,
}
