namespace PmSFC.Engine.Tensors;

/// <summary>One layer's weights as stored.</summary>
/// <param name="Weight">Row-major [output, input, height, width].</param>
/// <param name="Shape">Its four sizes.</param>
/// <param name="Scale">What the stored weights are multiplied by once, at load: gain / √fan-in where a file holds unscaled weights.</param>
/// <param name="Bias">One number an output channel, or in block 0 one for each of its pixels, [output, 4, 4]; not scaled.</param>
public sealed record LayerWeights(float[] Weight, IReadOnlyList<long> Shape, double Scale, float[] Bias);
