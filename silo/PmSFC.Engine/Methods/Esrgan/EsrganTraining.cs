using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Methods.SuperResolution;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Esrgan;

/// <summary>
/// ESRGAN (Wang et al. 2018), trained on pairs of images and what the task super-resolution leaves of them: at first by the mean absolute difference of
/// pixels alone, then with it, the mean absolute difference of the features of V, and a relativistic average discriminator against it. The authors' V
/// is VGG19 before an activation; here it is the perceptual network that was imported with the generator.
/// </summary>
/// <remarks>
/// Generator and discriminator are updated by one Adam step: the loss is the sum of both, in which each sees the other's part as constant. That is what the
/// authors' alternation computes too, since their discriminator's step still uses the images that the generator had made before its own.
/// Adam begins again after the steps on pixels alone; a running mean of the weights goes on.
/// The discriminator stays in checkpoints; the network that is stored is the generator.
/// </remarks>
public sealed class EsrganTraining : IImageTraining, INetworkImport
{
    /// <summary>The kind of an ESRGAN.</summary>
    public const string Name = "esrgan";

    private const string Blocks = "blocks",
        Features = "features",
        Growth = "growth";
    internal const string PixelIterations = "pixel-iterations",
        PixelWeight = "pixel-weight",
        AdversarialWeight = "adversarial-weight";
    internal const string DiscriminatorWidth = "discriminator-width";

    internal static readonly SettingDefinition AdversarialLearningRate = new(
        "adversarial-learning-rate",
        SettingKind.Number,
        "0",
        "Adam's step size at the beginning of the steps against the discriminator; 0 leaves it as it is"
    )
    {
        Minimum = 0,
        Maximum = 1,
        OmittedAtDefault = true,
    };

    internal static readonly SettingDefinition Schedule = TrainingSettings.Schedule(
        "lets it fall along half a cosine in each quarter of the steps on pixels alone, and halves it after 1/8, 2/8, 4/8 and 6/8 of the others"
    );

    // He et al.'s start, a tenth of it in dense blocks, as the authors begin.
    private static readonly double Gain = Math.Sqrt(2);
    private const double DenseShare = 0.1;

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(Blocks, SettingKind.Integer, "2", "residual-in-residual dense blocks, 23 for the authors")
                {
                    Minimum = 1,
                    Maximum = 64,
                },
                new(Features, SettingKind.Integer, "32", "maps between blocks, 64 for the authors") { Minimum = 1, Maximum = 512 },
                new(Growth, SettingKind.Integer, "16", "maps that each layer of a dense block adds, 32 for the authors")
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                new(
                    DiscriminatorWidth,
                    SettingKind.Integer,
                    "16",
                    "maps of the discriminator at full size, 64 for the authors; up to 8 times as many further on"
                )
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                new(PixelIterations, SettingKind.Integer, "1000", "steps at the beginning on the pixels' term alone")
                {
                    Minimum = 0,
                    Maximum = 10_000_000,
                },
                new(PixelWeight, SettingKind.Number, "0.01", "weight of the pixels' term after them") { Minimum = 0, Maximum = 1e6 },
                new(AdversarialWeight, SettingKind.Number, "0.005", "weight of the discriminator's judgement after them")
                {
                    Minimum = 0,
                    Maximum = 1e6,
                },
                .. PerceptualSetting.Definitions("1"),
                .. SuperResolutionSettings.Definitions(patch: "128"),
                .. TrainingSettings.Definitions(iterations: "1400", batch: "8", learningRate: "5e-4"),
                AdversarialLearningRate,
                Schedule,
                TrainingSettings.Beta2,
                TrainingSettings.AverageDecay,
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Quick] = new Dictionary<string, string>
                {
                    [Blocks] = "1",
                    [Features] = "16",
                    [Growth] = "8",
                    [DiscriminatorWidth] = "8",
                    [PixelIterations] = "300",
                    [TrainingSettings.Iterations] = "400",
                },
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [Blocks] = "23",
                    [Features] = "64",
                    [Growth] = "32",
                    [DiscriminatorWidth] = "64",
                    [PixelIterations] = "1000000",
                    [TrainingSettings.Iterations] = "1400000",
                    [TrainingSettings.Batch] = "16",
                    [TrainingSettings.LearningRate] = "2e-4",
                    [AdversarialLearningRate.Name] = "1e-4",
                    [Schedule.Name] = TrainingSettings.Authors,
                    [TrainingSettings.Beta2.Name] = "0.99",
                    [TrainingSettings.AverageDecay.Name] = "0.999",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var issues = SuperResolutionSettings.Check(settings, architecture).ToList();
        var side = SuperResolutionSettings.Bind(settings).Side(architecture);
        if (!int.IsPow2(side) || side < 8)
        {
            issues.Add(
                new SettingIssue(
                    SuperResolutionSettings.Patch,
                    $"A discriminator halves what it judges down to 4 pixels, but '{SuperResolutionSettings.Patch}' gives it {side}; use a power of 2 from 8 up."
                )
            );
        }

        if (PerceptualSetting.Bind(settings)?.Network == PerceptualSetting.Discriminator && side < architecture.Resolution)
        {
            issues.Add(
                new SettingIssue(
                    PerceptualSetting.Name,
                    $"'{PerceptualSetting.Name}' is {PerceptualSetting.Discriminator}, which sees whole images of {architecture.Resolution} pixels alone, but "
                        + $"'{SuperResolutionSettings.Patch}' is {side}; make that {architecture.Resolution} too, or use another network or '{PerceptualSetting.None}'."
                )
            );
        }

        return issues;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> CheckForTask(IReadOnlyDictionary<string, string> sizes, SettingsContext context) =>
        SuperResolutionSettings.CheckForTask(sizes, context);

    /// <inheritdoc/>
    /// <remarks>A generator's discriminator, which mirrors it, is counted as the generator.</remarks>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var (rrdb, bound) = (BindArchitecture(settings), EsrganSettings.Bind(settings));
        var side = SuperResolutionSettings.Bind(settings).Side(architecture);
        var discriminator = new RelativisticDiscriminator(side, bound.DiscriminatorWidth);
        var generator = GeneratorCost.Whole(architecture, 1).Cost;
        var perceptual = bound.Perceptual is { } chosen
            ? TrunkFeaturesArchitecture.Named(chosen.Network)?.Cost(side) ?? generator
            : default;
        return WorkPlanner.Training(
            rrdb.Cost(side / rrdb.Factor) + perceptual * 2 + discriminator.Cost() * 3,
            generator.MultiplyAdds,
            rrdb.Parameters + discriminator.Parameters,
            architecture,
            bound.Training.BatchSize,
            averages: bound.Training.MeanDecay > 0 ? rrdb.Parameters : 0
        );
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The settings ask for a perceptual network that the problem does not have.</exception>
    public TrainingRun Start(TrainingProblem problem) =>
        new(Kind, new Model(problem, BindArchitecture(problem.Settings), EsrganSettings.Bind(problem.Settings)), problem);

    /// <inheritdoc/>
    public ImportedNetwork Read(StateDict file, GeneratorArchitecture architecture)
    {
        var (checkpoint, codeBase) = SuperResolutionCheckpoint.Find(file, "ESRGAN", [.. RrdbNames.All.Select(known => known.Mark)]);
        var names = RrdbNames.All[codeBase];
        if (checkpoint.Inputs(names.First) is var input and not 3)
        {
            throw checkpoint.Refuse(
                $"takes {input} maps in '{names.First}.weight', but 3 (RGB) are needed; networks that fold pixels into maps first, as Real-ESRGAN's for 2 times, are not read"
            );
        }

        var features = checkpoint.Outputs(names.First, 3, 3);
        var doublings = checkpoint.Count(names.Doubling);
        var values = new Dictionary<string, string>
        {
            [SuperResolutionSettings.Factor] = $"{checkpoint.Factor(doublings, "ESRGAN")}",
            [Blocks] = $"{checkpoint.Count(block => names.Dense(block, 1, 1))}",
            [Features] = $"{features}",
            [Growth] = $"{checkpoint.Outputs(names.Dense(0, 1, 1), features, 3)}",
        };
        if (Settings.Resolve(null, values).Issues is [var issue, ..])
            throw checkpoint.Refuse($"is too large: {issue.Message.TrimEnd('.')}");
        var sizes = ResolvedSettings.FromCanonical(values);
        var rrdb = BindArchitecture(sizes);
        return new ImportedNetwork(sizes, checkpoint.Copy(Kind, rrdb, rrdb.NamedBy(names)), checkpoint.Note);
    }

    internal static RrdbArchitecture BindArchitecture(ResolvedSettings settings) =>
        new(SuperResolutionSettings.BindFactor(settings), settings.Integer(Blocks), settings.Integer(Features), settings.Integer(Growth));

    private sealed class Model : SuperResolutionModel
    {
        private readonly RelativisticDiscriminator _discriminator;
        private readonly HashSet<string> _discriminators = new(StringComparer.Ordinal);
        private readonly IPerceptualNetwork? _perceptual;

        // The least step size of the authors' cosines, 1e-7, as a share of the first, 2e-4.
        private const double LeastPace = 5e-4;
        private const int Quarters = 4;

        private static readonly int[] HalvingEighths = [1, 2, 4, 6];

        private readonly int _pixelIterations;
        private readonly bool _followsAuthors;
        private readonly double _adversarialScale;
        private readonly Scalar _pixelWeight,
            _perceptualWeight,
            _adversarialWeight;

        public Model(TrainingProblem problem, RrdbArchitecture architecture, EsrganSettings settings)
            : base(problem, architecture, layer => layer.Name.Contains(".RDB", StringComparison.Ordinal) ? DenseShare * Gain : Gain)
        {
            _discriminator = new RelativisticDiscriminator(Side, settings.DiscriminatorWidth);
            _pixelIterations = settings.PixelSteps;
            _followsAuthors = settings.FollowsAuthors;
            _adversarialScale = settings.AdversarialStepSize > 0 ? settings.AdversarialStepSize / settings.Training.StepSize : 1;
            if (settings.Perceptual is { } chosen)
            {
                _perceptual = problem.Perceptual?.Find(chosen.Network)
                    ?? throw new ArgumentException(
                        $"The settings ask for the perceptual network '{chosen.Network}', which the generator does not bring.",
                        nameof(problem)
                    );
            }

            _pixelWeight = settings.PixelWeight;
            _perceptualWeight = settings.Perceptual?.Weight ?? 0;
            _adversarialWeight = settings.AdversarialWeight;
            var first = Parameters.Count;
            foreach (var (name, input, output, size, _) in _discriminator.Convolutions())
                AddConvolution(name, input, output, size, Gain);
            foreach (var (name, maps) in _discriminator.Normalizations())
            {
                AddParameter($"{name}.weight", ones(maps, dtype: Generator.Dtype, device: Generator.Device));
                AddParameter($"{name}.bias", zeros(maps, dtype: Generator.Dtype, device: Generator.Device));
            }

            foreach (var (name, input, output) in _discriminator.Matrices())
                AddLayer(name, output, input);
            foreach (var (name, _) in Parameters.Skip(first))
                _discriminators.Add(name);
        }

        public override IReadOnlyList<string> Terms { get; } = ["pixel", "perceptual", "adversarial", "discriminator"];

        public override int PhaseStart(int iteration) => iteration < _pixelIterations ? 0 : _pixelIterations;

        public override double LearningRateScale(int iteration)
        {
            var scale = _followsAuthors ? AuthorsScale(iteration) : base.LearningRateScale(iteration);
            return iteration < _pixelIterations ? scale : _adversarialScale * scale;
        }

        public override bool IsExported(string name) => !_discriminators.Contains(name);

        public override (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration)
        {
            using var scope = NewDisposeScope();
            var (small, large) = Pairs(iteration);
            var enlarged = Enlarge(small);
            var pixel = (enlarged - large).abs().mean();
            var none = zeros_like(pixel.detach());
            Tensor perceptual = none,
                adversarial = none,
                discriminator = none,
                total;
            if (iteration < _pixelIterations)
            {
                // Every parameter must be part of the loss for its gradient, which is 0 here for those of the discriminator.
                var unused = stack(
                        Parameters.Where(parameter => !IsExported(parameter.Name)).Select(parameter => parameter.Value.sum()).ToArray()
                    )
                    .sum();
                total = pixel.Add(unused * none);
            }
            else
            {
                perceptual = Perceptual(enlarged, large);
                (adversarial, discriminator) = Relativistic(enlarged, large);
                total = pixel
                    .mul(_pixelWeight)
                    .Add(perceptual.mul(_perceptualWeight))
                    .Add(adversarial.mul(_adversarialWeight))
                    .Add(discriminator);
            }

            return (
                total.MoveToOuterDisposeScope(),
                [.. new[] { pixel, perceptual, adversarial, discriminator }.Select(term => term.detach().MoveToOuterDisposeScope())]
            );
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (var scalar in new[] { _pixelWeight, _perceptualWeight, _adversarialWeight })
                scalar.Dispose();
        }

        private double AuthorsScale(int iteration)
        {
            if (iteration < _pixelIterations)
            {
                // A cosine reaches its end before the next one begins: the last step of a quarter has the least step size.
                var quarter = (double)_pixelIterations / Quarters;
                var begun = Math.Max(0, Math.Ceiling(iteration / quarter) - 1);
                return LeastPace + (1 - LeastPace) * 0.5 * (1 + Math.Cos(Math.PI * (iteration / quarter - begun)));
            }

            var (done, all) = (iteration - _pixelIterations, Iterations - _pixelIterations);
            return Math.Pow(0.5, HalvingEighths.Count(eighths => 8L * done >= (long)eighths * all));
        }

        private Tensor Perceptual(Tensor enlarged, Tensor large)
        {
            if (_perceptual is null)
                return zeros_like(enlarged.detach().mean());
            using var scope = NewDisposeScope();
            Tensor wanted;
            using (no_grad())
                wanted = _perceptual.Features(large);
            return (_perceptual.Features(enlarged) - wanted).abs().mean().MoveToOuterDisposeScope();
        }

        /// <summary>Each side should be told more real than the mean of the other: binary cross-entropies, mean over both sides as in the authors' code.</summary>
        private (Tensor Adversarial, Tensor Discriminator) Relativistic(Tensor enlarged, Tensor large)
        {
            using var scope = NewDisposeScope();
            var real = _discriminator.Judge(large, Weight);
            var made = _discriminator.Judge(enlarged.detach(), Weight);
            var discriminator = Entropy(real - made.mean(), made - real.mean());
            var (judged, truth) = (_discriminator.Judge(enlarged, name => Weight(name).detach()), real.detach());
            var adversarial = Entropy(judged - truth.mean(), truth - judged.mean());
            return (adversarial.MoveToOuterDisposeScope(), discriminator.MoveToOuterDisposeScope());
        }

        /// <summary>How far logits are from saying that the first are real and the second are not.</summary>
        private static Tensor Entropy(Tensor real, Tensor made) => real.log_sigmoid().mean().Add((-made).log_sigmoid().mean()).DivideBy(-2);
    }
}
