using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Encoders;

/// <summary>
/// An encoder E from images to latent codes (Zhu et al. 2016), trained on samples x = G(z) of the generator alone: ‖E(x) − z‖² between normalized
/// codes and ‖G(E(x)) − x‖² between images, means over elements. Bau et al. 2019 train one network for each layer and tune them together; this is
/// one network that is trained at once. With images, whose codes nobody knows, the second term alone is learned from, as by Zhu et al.
/// </summary>
public sealed class EncoderTraining : IImageTraining
{
    /// <summary>The kind of an encoder.</summary>
    public const string Name = "encoder";

    private const string Width = "width",
        CodeWeight = "code-weight",
        ImageWeight = "image-weight";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Width, SettingKind.Integer, "32", "maps after the first halving of an image; up to 8 times as many further on")
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                new(CodeWeight, SettingKind.Number, "1", "weight of the codes' term") { Minimum = 0, Maximum = 1e6 },
                new(ImageWeight, SettingKind.Number, "1", "weight of the images' term; 0 leaves it out, which halves the work")
                {
                    Minimum = 0,
                    Maximum = 1e6,
                },
                .. TrainingSettings.Definitions(iterations: "3000", batch: "16", learningRate: "1e-3"),
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Quick] = new Dictionary<string, string>
                {
                    [TrainingSettings.Iterations] = "500",
                    [TrainingSettings.Batch] = "8",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        Bind(settings) is { CodeWeight: > 0 } or { ImageWeight: > 0 }
            ? []
            :
            [
                new SettingIssue(
                    CodeWeight,
                    $"'{CodeWeight}' and '{ImageWeight}' are both 0, so that there is nothing to learn; give one of them weight."
                ),
            ];

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> CheckForImages(ResolvedSettings settings) =>
        Bind(settings).CodeWeight == 0
            ? []
            :
            [
                new SettingIssue(
                    CodeWeight,
                    $"'{CodeWeight}' is {settings[CodeWeight]}, but nobody knows the codes of images; set it to 0 to learn from '{ImageWeight}' alone."
                ),
            ];

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var (_, imageWeight) = Bind(settings);
        var encoder = BindArchitecture(settings, architecture);
        var generator = GeneratorCost.Whole(architecture, 1).Cost;
        var trained = imageWeight > 0 ? encoder.Cost() + generator : encoder.Cost();
        return WorkPlanner.Training(
            trained,
            generator.MultiplyAdds,
            encoder.Parameters,
            architecture,
            TrainingSettings.Bind(settings).BatchSize
        );
    }

    /// <inheritdoc/>
    public TrainingRun Start(TrainingProblem problem) =>
        new(Kind, new Model(problem, BindArchitecture(problem.Settings, problem.Generator.Architecture)), problem);

    private static (double CodeWeight, double ImageWeight) Bind(ResolvedSettings settings) =>
        (settings.Number(CodeWeight), settings.Number(ImageWeight));

    internal static EncoderArchitecture BindArchitecture(ResolvedSettings settings, GeneratorArchitecture architecture) =>
        new(architecture.Resolution, architecture.LatentSize, settings.Integer(Width));

    private sealed class Model : TrainingModel
    {
        private readonly EncoderArchitecture _architecture;
        private readonly int _batch;
        private readonly Scalar _codeWeight;
        private readonly Scalar _imageWeight;
        private readonly bool _comparesImages;
        private readonly bool _hasImages;

        public Model(TrainingProblem problem, EncoderArchitecture architecture)
            : base(problem)
        {
            var (codeWeight, imageWeight) = Bind(problem.Settings);
            _architecture = architecture;
            _hasImages = problem.Images is not null;
            _batch = Settings.BatchSize;
            _codeWeight = codeWeight;
            _imageWeight = imageWeight;
            _comparesImages = imageWeight > 0;
            foreach (var (name, input, output, _, _) in architecture.Convolutions())
                AddLayer(name, output, 3, 3, input);
            AddLayer(EncoderArchitecture.Code, architecture.LatentSize, architecture.Features);
        }

        public override IReadOnlyList<string> Terms { get; } = ["code", "image"];

        public override (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration)
        {
            using var scope = NewDisposeScope();
            var (codes, images) = _hasImages ? (null, Images(iteration, _batch)) : Sample(iteration);
            var found = _architecture.Encode(images, Weight, Generator.NormalizeLatents);
            var none = zeros([], dtype: Generator.Dtype, device: Generator.Device);
            var code = codes is null ? none : (found - codes).Squared().mean();
            var image = _comparesImages ? (Generator.Forward(found) - images).Squared().mean() : none;
            var total = code.mul(_codeWeight).Add(image.mul(_imageWeight));
            return (total.MoveToOuterDisposeScope(), [code.MoveToOuterDisposeScope(), image.MoveToOuterDisposeScope()]);
        }

        public override void Dispose()
        {
            base.Dispose();
            _codeWeight.Dispose();
            _imageWeight.Dispose();
        }

        private (Tensor? Codes, Tensor Images) Sample(int iteration)
        {
            using var off = no_grad();
            var codes = Codes(iteration, _batch);
            return (codes, Generator.Forward(codes));
        }
    }
}
