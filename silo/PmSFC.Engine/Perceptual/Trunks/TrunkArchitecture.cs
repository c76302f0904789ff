namespace PmSFC.Engine.Perceptual.Trunks;

/// <summary>
/// The convolutional part of one of torchvision's classifiers, with the places whose features LPIPS compares. Tensors have torchvision's names
/// (<c>features.0.weight</c>).
/// </summary>
public sealed class TrunkArchitecture
{
    private TrunkArchitecture(string name, int smallestSide, params IEnumerable<TrunkLayer> layers)
    {
        Name = name;
        SmallestSide = smallestSide;
        Layers = [.. layers];
    }

    /// <summary>AlexNet, taps after its five ReLUs.</summary>
    public static TrunkArchitecture AlexNet { get; } =
        new(
            "alexnet",
            31,
            Layer(0, 3, 64, size: 11, stride: 4, padding: 2),
            new Tap(),
            new Pooling(3, PoolingEdge.Inside),
            Layer(3, 64, 192, size: 5, padding: 2),
            new Tap(),
            new Pooling(3, PoolingEdge.Inside),
            Layer(6, 192, 384),
            new Tap(),
            Layer(8, 384, 256),
            new Tap(),
            Layer(10, 256, 256),
            new Tap()
        );

    /// <summary>VGG16, taps after the last ReLU of each resolution.</summary>
    public static TrunkArchitecture Vgg16 { get; } =
        new(
            "vgg16",
            16,
            Layer(0, 3, 64),
            Layer(2, 64, 64),
            new Tap(),
            new Pooling(2, PoolingEdge.Inside),
            Layer(5, 64, 128),
            Layer(7, 128, 128),
            new Tap(),
            new Pooling(2, PoolingEdge.Inside),
            Layer(10, 128, 256),
            Layer(12, 256, 256),
            Layer(14, 256, 256),
            new Tap(),
            new Pooling(2, PoolingEdge.Inside),
            Layer(17, 256, 512),
            Layer(19, 512, 512),
            Layer(21, 512, 512),
            new Tap(),
            new Pooling(2, PoolingEdge.Inside),
            Layer(24, 512, 512),
            Layer(26, 512, 512),
            Layer(28, 512, 512),
            new Tap()
        );

    /// <summary>VGG16 to the second convolution of its fourth resolution, with a tap after it alone.</summary>
    internal static TrunkArchitecture Vgg16Relu42 { get; } =
        new(
            Vgg16.Name,
            8,
            [
                .. Vgg16.Layers.Where(layer => layer is not Tap).TakeWhile(layer => layer is not Convolution { Name: "features.21" }),
                new Tap(),
            ]
        );

    /// <summary>SqueezeNet 1.1, taps after the first ReLU and before and between the last Fire modules.</summary>
    public static TrunkArchitecture SqueezeNet { get; } =
        new(
            "squeezenet1_1",
            17,
            Layer(0, 3, 64, stride: 2, padding: 0),
            new Tap(),
            new Pooling(3, PoolingEdge.Over),
            Module(3, 64, 16, 64),
            Module(4, 128, 16, 64),
            new Tap(),
            new Pooling(3, PoolingEdge.Over),
            Module(6, 128, 32, 128),
            Module(7, 256, 32, 128),
            new Tap(),
            new Pooling(3, PoolingEdge.Over),
            Module(9, 256, 48, 192),
            new Tap(),
            Module(10, 384, 48, 192),
            new Tap(),
            Module(11, 384, 64, 256),
            new Tap(),
            Module(12, 512, 64, 256),
            new Tap()
        );

    /// <summary>The name that torchvision gives to the classifier.</summary>
    public string Name { get; }

    /// <summary>Least height and width of an image, pixels, with which every tap has a pixel left.</summary>
    public int SmallestSide { get; }

    internal IReadOnlyList<TrunkLayer> Layers { get; }

    /// <summary>The layers before a tap's end.</summary>
    /// <param name="taps">How many taps they hold at most.</param>
    internal IReadOnlyList<TrunkLayer> LayersTo(int taps) =>
        [.. Layers.Take(Layers.Index().Where(layer => layer.Item is Tap).Take(taps).Last().Index + 1)];

    /// <summary>Channels of each tap.</summary>
    internal IReadOnlyList<int> TapChannels =>
        [.. Layers.Index().Where(layer => layer.Item is Tap).Select(layer => Outputs(layer.Index - 1))];

    private int Outputs(int layer) =>
        Layers[layer] switch
        {
            Convolution convolution => convolution.Outputs,
            Fire fire => fire.Narrow.Outputs + fire.Wide.Outputs,
            _ => Outputs(layer - 1),
        };

    private static Convolution Layer(int index, int inputs, int outputs, int size = 3, int stride = 1, int padding = 1) =>
        new($"features.{index}", inputs, outputs, size, stride, padding);

    private static Fire Module(int index, int inputs, int squeezed, int expanded) =>
        new(
            new Convolution($"features.{index}.squeeze", inputs, squeezed, 1, 1, 0),
            new Convolution($"features.{index}.expand1x1", squeezed, expanded, 1, 1, 0),
            new Convolution($"features.{index}.expand3x3", squeezed, expanded, 3, 1, 1)
        );
}
