using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Inversion;

/// <summary>
/// How features that are composed of several codes use a generator's styles; a matter of generators that have some. By default codes are latent codes, and
/// the blocks after the cut get the means of the codes' styles and RGB images.
/// </summary>
internal sealed record StyleUse
{
    public const string CodeSpaceName = "code-space",
        Styles = "w";

    private const string LatentCodes = "z",
        Mean = "mean",
        None = "none",
        EachPlace = "each";

    private static readonly SettingDefinition CodeSpace = Definition(
        CodeSpaceName,
        LatentCodes,
        Styles,
        "what codes are, of a generator with styles: latent codes (z), or styles (w)"
    );
    private static readonly SettingDefinition LowerImage = Definition(
        "lower-image",
        Mean,
        None,
        "RGB image of G1, of a generator with styles: the mean of the codes', or none, so that the image begins with G2"
    );
    private static readonly SettingDefinition UpperStyles = Definition(
        "upper-styles",
        Mean,
        EachPlace,
        "styles of G2, of a generator with styles: the mean of the codes', or one for each place that is searched too"
    );

    /// <summary>The settings, which are left out of ids at their defaults.</summary>
    public static IReadOnlyList<SettingDefinition> Definitions { get; } = [CodeSpace, LowerImage, UpperStyles];

    /// <summary>Whether codes are styles.</summary>
    public required bool SearchesStyles { get; init; }

    /// <summary>Whether the image begins with G2.</summary>
    public required bool DropsLowerImage { get; init; }

    /// <summary>Whether G2 has a style of its own for each place.</summary>
    public required bool SearchesUpperStyles { get; init; }

    public static StyleUse Bind(ResolvedSettings settings) =>
        new()
        {
            SearchesStyles = settings.Text(CodeSpace) == Styles,
            DropsLowerImage = settings.Text(LowerImage) == None,
            SearchesUpperStyles = settings.Text(UpperStyles) == EachPlace,
        };

    /// <summary>Refuses what a generator without styles cannot do.</summary>
    public static IEnumerable<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        architecture.Synthesis is null
            ? BindTexts(settings)
                .Where(setting => setting.Text != setting.Definition.Default)
                .Select(setting => new SettingIssue(
                    setting.Definition.Name,
                    $"'{setting.Definition.Name}' is {setting.Text}, but a generator of the family '{architecture.Family}' has no styles; "
                        + $"set it to {setting.Definition.Default}."
                ))
            : [];

    /// <summary>The sizes of what codes go through.</summary>
    public GeneratorArchitecture Taking(GeneratorArchitecture architecture) => SearchesStyles ? architecture.Synthesis! : architecture;

    /// <summary>What codes go through.</summary>
    public IGenerator Taking(IGenerator generator) => SearchesStyles ? ((IStyledGenerator)generator).Synthesis : generator;

    /// <summary>Styles that G2 has of its own, in numbers.</summary>
    public double UpperNumbers(GeneratorArchitecture architecture, int split) =>
        SearchesUpperStyles ? (double)UpperPlaces(architecture, split) * architecture.Synthesis!.LatentSize : 0;

    /// <summary>Places after a cut: each block of G2, and the last RGB image.</summary>
    public static int UpperPlaces(GeneratorArchitecture architecture, int split) => architecture.StylePlaces - split;

    /// <summary>The features that G2 gets.</summary>
    /// <param name="generator">The generator that is cut.</param>
    /// <param name="composed">What the codes gave, with the means of their contexts.</param>
    /// <param name="split">l, number of blocks in G1.</param>
    /// <param name="upperStyles">[B, places after the cut, S] where G2 has styles of its own.</param>
    /// <returns>Owned by the caller's dispose scope.</returns>
    public SplitFeatures Complete(IGenerator generator, SplitFeatures composed, int split, Tensor? upperStyles)
    {
        if (DropsLowerImage)
            composed = ((IStyledGenerator)generator).WithoutImage(composed);
        return upperStyles is null ? composed : ((IStyledGenerator)generator).WithUpperStyles(composed, split, upperStyles);
    }

    private static IEnumerable<(SettingDefinition Definition, string Text)> BindTexts(ResolvedSettings settings) =>
        Definitions.Select(setting => (setting, settings.Text(setting)));

    private static SettingDefinition Definition(string name, string byDefault, string other, string description) =>
        new(name, SettingKind.Choice, byDefault, description) { Choices = [byDefault, other], OmittedAtDefault = true };
}
