using PmSFC.Engine.Settings;

namespace PmSFC.Engine.Perceptual;

/// <summary>The settings that choose V of Eq. 8 and its weight.</summary>
public static class PerceptualSetting
{
    /// <summary>The name of the choice of network.</summary>
    public const string Name = "perceptual";

    /// <summary>The name of its weight against the pixels' term.</summary>
    public const string WeightName = "perceptual-weight";

    /// <summary>The choice of the discriminator that belongs to the generator.</summary>
    public const string Discriminator = "discriminator";

    /// <summary>The choice of VGG16's relu3_3.</summary>
    public const string Vgg16 = "vgg16";

    /// <summary>The choice of VGG16's relu4_2 on images as they are, which comes with the same file.</summary>
    public const string Vgg16Relu42 = "vgg16-relu4_2";

    /// <summary>The choice of SqueezeNet 1.1's seventh module.</summary>
    public const string SqueezeNet = "squeezenet1_1";

    /// <summary>The choice of no perceptual term.</summary>
    public const string None = "none";

    /// <summary>Both definitions, with a method's own default weight and network.</summary>
    public static IEnumerable<SettingDefinition> Definitions(string defaultWeight, string defaultNetwork = Discriminator) =>
        [
            new(Name, SettingKind.Choice, defaultNetwork, "perceptual network V, which is imported with the generator")
            {
                Choices = [Discriminator, Vgg16, Vgg16Relu42, SqueezeNet, None],
            },
            new(WeightName, SettingKind.Number, defaultWeight, "weight of the perceptual term") { Minimum = 0 },
        ];

    /// <summary>What a method's settings choose; <see langword="null"/> where they ask for no network, or give it no weight.</summary>
    public static PerceptualChoice? Bind(ResolvedSettings settings) =>
        settings.TryGetValue(Name, out var network) && network != None && settings.Number(WeightName) is > 0 and var weight
            ? new PerceptualChoice(network, weight)
            : null;
}
