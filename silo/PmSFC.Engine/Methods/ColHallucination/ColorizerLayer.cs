namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>A convolution of a <see cref="ColorizerArchitecture"/>.</summary>
/// <param name="Name">What comes before <c>.weight</c> and <c>.bias</c>.</param>
/// <param name="Input">Maps that it takes.</param>
/// <param name="Output">Maps that it gives.</param>
/// <param name="Size">Height and width of its kernel.</param>
/// <param name="Stride">Pixels from one place to the next.</param>
/// <param name="Dilation">Pixels from one tap to the next.</param>
internal sealed record ColorizerLayer(string Name, int Input, int Output, int Size, int Stride, int Dilation)
{
    /// <summary>Whether it is transposed and doubles its maps; its weight then lies as [input, output, height, width].</summary>
    public bool Doubles { get; init; }

    /// <summary>The name of the batch normalization after it; <see langword="null"/> for none.</summary>
    public string? Normalization { get; init; }

    /// <summary>The sizes of its weight as checkpoints store it.</summary>
    public long[] Shape => Doubles ? [Input, Output, Size, Size] : [Output, Input, Size, Size];
}
