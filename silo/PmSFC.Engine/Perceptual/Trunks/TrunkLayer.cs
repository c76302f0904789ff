namespace PmSFC.Engine.Perceptual.Trunks;

/// <summary>A part of a <see cref="Trunk"/>.</summary>
internal abstract record TrunkLayer
{
    /// <summary>Its convolutions, in the order in which they are applied.</summary>
    public virtual IReadOnlyList<Convolution> Convolutions => [];
}

/// <summary>A convolution and a ReLU.</summary>
/// <param name="Name">What comes before <c>.weight</c> and <c>.bias</c> in a checkpoint.</param>
/// <param name="Inputs">Channels that it takes.</param>
/// <param name="Outputs">Channels that it gives.</param>
/// <param name="Size">Height and width of its kernel.</param>
/// <param name="Stride">Pixels from one place to the next.</param>
/// <param name="Padding">Zeros on each side.</param>
internal sealed record Convolution(string Name, int Inputs, int Outputs, int Size, int Stride, int Padding) : TrunkLayer
{
    public override IReadOnlyList<Convolution> Convolutions => [this];
}

/// <summary>SqueezeNet's module: a squeezing 1×1 convolution, then a 1×1 and a 3×3 one side by side, a ReLU after each.</summary>
/// <param name="Squeeze">The first one.</param>
/// <param name="Narrow">The 1×1 one, whose channels come first.</param>
/// <param name="Wide">The 3×3 one.</param>
internal sealed record Fire(Convolution Squeeze, Convolution Narrow, Convolution Wide) : TrunkLayer
{
    public override IReadOnlyList<Convolution> Convolutions => [Squeeze, Narrow, Wide];
}

/// <summary>The largest of each square, at every second place.</summary>
/// <param name="Size">Height and width of the square.</param>
/// <param name="Rounding">What happens to what is left at the right and lower edges.</param>
internal sealed record Pooling(int Size, PoolingEdge Rounding) : TrunkLayer;

/// <summary>The maps so far are features that are compared.</summary>
internal sealed record Tap : TrunkLayer;

/// <summary>What pooling does with squares that reach over the edge.</summary>
internal enum PoolingEdge
{
    /// <summary>It leaves them out.</summary>
    Inside,

    /// <summary>It takes what of them lies inside.</summary>
    Over,
}
