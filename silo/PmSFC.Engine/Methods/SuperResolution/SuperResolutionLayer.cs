namespace PmSFC.Engine.Methods.SuperResolution;

/// <summary>A convolution of a network for super-resolution.</summary>
/// <param name="Name">What comes before <c>.weight</c> and <c>.bias</c>.</param>
/// <param name="Input">Maps that it takes.</param>
/// <param name="Output">Maps that it gives.</param>
/// <param name="Size">Height and width of its kernel.</param>
/// <param name="Scale">How many times larger than the small image its maps are; 0 where they are single numbers.</param>
internal sealed record SuperResolutionLayer(string Name, int Input, int Output, int Size, int Scale)
{
    /// <summary>The sizes of its weight as checkpoints store it.</summary>
    public long[] Shape => [Output, Input, Size, Size];
}
