using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Perceptual.Trunks;

/// <summary>Which of torchvision's classifiers a file of weights is of, by its convolutions: several have the first layers of another.</summary>
internal static class Classifier
{
    private const int MostLayers = 64;

    private static readonly (string Name, int[] Convolutions)[] Sequences =
    [
        ("alexnet", [0, 3, 6, 8, 10]),
        ("vgg11", [0, 3, 6, 8, 11, 13, 16, 18]),
        ("vgg13", [0, 2, 5, 7, 10, 12, 15, 17, 20, 22]),
        ("vgg16", [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]),
        ("vgg19", [0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34]),
    ];

    private static readonly (string Mark, string Name)[] Others =
    [
        ("features.5.squeeze.weight", "squeezenet1_0"),
        ("features.3.squeeze.weight", "squeezenet1_1"),
        ("layer1.0.conv1.weight", "a ResNet"),
        ("features.denseblock1.denselayer1.conv1.weight", "a DenseNet"),
        ("Conv2d_1a_3x3.conv.weight", "an Inception network"),
        ("inception3a.branch1.conv.weight", "GoogLeNet"),
        ("features.0.0.weight", "a MobileNet, an EfficientNet or a ConvNeXt"),
        ("conv_proj.weight", "a vision transformer"),
        ("visual.conv1.weight", "CLIP"),
    ];

    /// <summary>Demands that a file is of one classifier.</summary>
    /// <exception cref="CheckpointException">It is of another one that is known.</exception>
    public static void Check(StateDict tensors, string needed)
    {
        if (NameOf(tensors) is { } name && name != needed)
            throw SafetensorsHeader.Damaged(tensors.FileName, $"holds {name}, but {needed} is needed");
    }

    /// <summary>The network's name; null where it is none that is known.</summary>
    public static string? NameOf(StateDict tensors)
    {
        if (tensors.Contains("features.1.running_mean"))
            return "a VGG with batch normalization (such as vgg16_bn)";
        if (Others.FirstOrDefault(other => NetworkSearch.Has(tensors, other.Mark)) is { Name: { } name })
            return name;
        int[] convolutions = [.. Enumerable.Range(0, MostLayers).Where(i => tensors.Contains($"features.{i}.weight"))];

        // Files of the first layers alone are taken for what they are named.
        return Sequences.FirstOrDefault(sequence => sequence.Convolutions.SequenceEqual(convolutions)).Name;
    }
}
