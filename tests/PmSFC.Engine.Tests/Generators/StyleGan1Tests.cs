using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Generators;
using PmSFC.Engine.StyleGan1;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Generators;

public sealed class StyleGan1Tests : StyledFamilyContract
{
    protected override GeneratorArchitecture Sizes => RandomStyleGan1.Tiny;

    protected override byte[] Content { get; } = RandomStyleGan1.File(RandomStyleGan1.Tiny);

    protected override string MeanStyleName => "truncation.w_avg";

    protected override string TruncationName => "truncation.psi";

    protected override string Script => "stylegan1.py";

    protected override GeneratorArchitecture Describe(
        (int Latent, int Style, int MappingLayers, int Colors, int Clamp) sizes,
        IReadOnlyList<int> channels
    ) =>
        new StyleGan1Architecture(
            sizes.Latent,
            [.. channels.SelectMany(count => Enumerable.Repeat(count, 2))],
            sizes.Style,
            sizes.MappingLayers,
            sizes.Colors
        );

    /// <summary>What is added to a block's maps hardly changes the next block's: their mean and deviation are those of the style.</summary>
    protected override float LossLeft(string method) => method == "invert-layers" ? 1 : base.LossLeft(method);

    [Theory]
    [InlineData("mapping.dense0.weight", "lacks the tensor 'mapping.dense0.weight'")]
    [InlineData("synthesis.layer1.weight", "lacks the tensor 'synthesis.layer1.weight', though it has 'synthesis.layer1.")]
    [InlineData("synthesis.layer5.weight", "lacks the tensor 'synthesis.layer5.weight', though it has 'synthesis.layer5.")]
    [InlineData("synthesis.output2.weight", "lacks the tensor 'synthesis.output2.weight'")]
    public void Read_WhereATensorIsMissing_SaysWhich(string missing, string sentence) =>
        Should.Throw<CheckpointException>(() => Read(ChangedFile.Of(Content, without: missing))).Message.ShouldContain(sentence);

    [Fact]
    public void Read_WithinAFadeIn_IsRefused() =>
        Should
            .Throw<CheckpointException>(() => Read(ChangedFile.Of(Content, with: ("synthesis.lod", [1.5f], [1]))))
            .Message.ShouldContain("was stored in the middle of a fade-in (lod 1.5)");

    [Fact]
    public void Read_OfAMappingWithAStyleForEachPlace_IsRefused()
    {
        var content = ChangedFile.Of(
            ChangedFile.Of(Content, without: "mapping.dense1.bias"),
            without: "mapping.dense1.weight",
            with: ("mapping.dense1.bias", new float[30], [30])
        );
        content = ChangedFile.Of(content, with: ("mapping.dense1.weight", new float[150], [30, 5]));

        Should.Throw<CheckpointException>(() => Read(content)).Message.ShouldContain("another style for each place");
    }

    [Fact]
    public void Read_OfAConditionalNetwork_IsRefused() =>
        Should
            .Throw<CheckpointException>(() => Read(ChangedFile.Of(Content, with: ("mapping.label_weight", new float[60], [10, 6]))))
            .Message.ShouldContain("is a conditional StyleGAN1 ('mapping.label_weight'), which draws by class");
}
