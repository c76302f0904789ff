namespace PmSFC.Engine.Costs;

/// <summary>
/// What single layers take. A map is counted where it comes into being, and as saved where libtorch's autograd keeps it: a convolution keeps its input
/// even where its weight is frozen, an activation in place its output, a product both factors. The other numbers of maps are those of the
/// derivatives as libtorch 2.10 computes them. What libraries need inside one operation, such as a weight in another layout, is not counted: it is
/// large only where maps are small.
/// </summary>
public static class LayerCost
{
    /// <summary>A map that is saved and costs nothing else: a sum, a copy, a result that somebody holds.</summary>
    public static NetworkCost Map(double elements) => new(elements, elements, 0);

    /// <summary>A matrix product and an activation in place.</summary>
    public static NetworkCost Dense(double inputs, double outputs) => new(outputs, 3 * outputs, inputs * outputs);

    /// <summary>
    /// A pixel norm x · r with r = 1/√(mean x² + ε), whose result is saved. Its derivative holds five maps at one time: r times the gradient, and for
    /// that of x² the gradient of the mean, x, 2x and their product.
    /// </summary>
    public static NetworkCost PixelNorm(double channels, double pixels) => new((channels + 1) * pixels, (5 * channels + 2) * pixels, 0);

    /// <summary>A pixel norm whose result is enlarged to four times as many pixels before it is saved.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels before.</param>
    public static NetworkCost UpsampledPixelNorm(double channels, double pixels) =>
        new((4 * channels + 1) * pixels, (5 * channels + 2) * pixels, 0);

    /// <summary>A convolution; its input is counted before, as saved.</summary>
    /// <param name="inputs">Channels that it takes.</param>
    /// <param name="outputs">Channels that it gives.</param>
    /// <param name="taps">Pixels of its kernel.</param>
    /// <param name="pixels">Pixels that it gives.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    public static NetworkCost Convolution(double inputs, double outputs, double taps, double pixels, int stride = 1) =>
        new(0, (outputs + inputs * stride * stride) * pixels, inputs * outputs * taps * pixels);

    /// <summary>A convolution and an activation in place, whose derivative takes the gradient to another map of the same size.</summary>
    /// <param name="inputs">Channels that it takes.</param>
    /// <param name="outputs">Channels that it gives.</param>
    /// <param name="taps">Pixels of its kernel.</param>
    /// <param name="pixels">Pixels that it gives.</param>
    /// <param name="stride">Pixels from one place to the next.</param>
    public static NetworkCost ActivatedConvolution(double inputs, double outputs, double taps, double pixels, int stride = 1) =>
        new(outputs * pixels, Math.Max(3 * outputs, outputs + inputs * stride * stride) * pixels, inputs * outputs * taps * pixels);

    /// <summary>Maps times one number a channel that is learned too. Its derivative holds those of the product and of the map, and their product.</summary>
    public static NetworkCost Scaling(double elements) => new(elements, 3 * elements, 0);

    /// <summary>A new map times one number a channel that is learned too, and an activation in place; the map is saved as well.</summary>
    public static NetworkCost ActivatedScaling(double elements) => new(2 * elements, 4 * elements, elements);

    /// <summary>
    /// Maps x less the mean of each channel, which are saved, and how far they deviate from it. The derivative holds their gradient, and for that of x² the
    /// gradient of the mean, x, 2x and their product.
    /// </summary>
    public static NetworkCost InstanceNorm(double elements) => new(elements, 6 * elements, 0);

    /// <summary>Maps times one fixed number a channel, whose result is saved. Its derivative holds those of the product and of the map.</summary>
    public static NetworkCost FixedScaling(double elements) => new(elements, 2 * elements, 0);

    /// <summary>A new map times one fixed number a channel, and an activation in place, whose result alone is saved.</summary>
    public static NetworkCost FixedActivatedScaling(double elements) => new(elements, 3 * elements, elements);

    /// <summary>
    /// Maps kept below an absolute value, which are saved already. The derivative holds the new map, its gradient before and after, and of one byte each whether
    /// a number is above the lower end and below the upper one.
    /// </summary>
    public static NetworkCost Clamping(double elements) => new(elements, 3.5 * elements, 0);

    /// <summary>The mean of each 2×2 pixels.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels before.</param>
    public static NetworkCost AveragePooling(double channels, double pixels) => new(channels * pixels / 4, 1.5 * channels * pixels, 0);

    /// <summary>The largest of each 2×2 pixels, and where it was as a number of twice the size.</summary>
    /// <param name="channels">Channels.</param>
    /// <param name="pixels">Pixels before.</param>
    public static NetworkCost MaximumPooling(double channels, double pixels) => new(0.75 * channels * pixels, 2 * channels * pixels, 0);

    /// <summary>Codes' maps times their weights, added up for each image.</summary>
    /// <param name="elements">Of all codes' maps, which are saved already.</param>
    /// <param name="outputs">Of what is composed.</param>
    public static NetworkCost WeightedSum(double elements, double outputs) =>
        new(outputs, outputs + Math.Max(elements + 2 * outputs, 2 * elements), elements);

    /// <summary>Squared or absolute differences from fixed numbers, which are averaged.</summary>
    public static NetworkCost Comparison(double elements) => new(elements, 5 * elements, 0);
}
