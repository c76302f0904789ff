using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Costs;
using PmSFC.Engine.Generators;
using PmSFC.Engine.Planning;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Training;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.ColHallucination;

/// <summary>
/// A colorizer (Zhang, Isola and Efros 2016): for each place of a gray image a distribution over <see cref="AbBins"/>, learned by cross-entropy against
/// the soft encoding of the true colours, in which rare colours weigh more. The true colour of a place is the mean a and b of its 4×4 pixels, where the
/// authors take one pixel of them. The gray image is the luma that the task colorization leaves, so that training and use see the same.
/// Every batch is normalized by itself in training; the running means and variances, which serve afterwards, are part of checkpoints.
/// </summary>
public sealed class ColorizerTraining : IImageTraining, INetworkImport
{
    /// <summary>The kind of a colorizer.</summary>
    public const string Name = "col-hallucination";

    internal const string Width = "width",
        Temperature = "temperature";

    private static readonly SettingDefinition Schedule = TrainingSettings.Schedule(
        "takes a tenth of it after 9/20 and again after 18/20 of the steps"
    );

    private const string Uniform = "uniform-share";
    private const int CountedBatches = 64;

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public SettingsSchema Settings { get; } =
        new(
            [
                new(
                    Width,
                    SettingKind.Integer,
                    "16",
                    "maps of the first group of layers, 64 for the authors; up to 8 times as many further on"
                )
                {
                    Minimum = 1,
                    Maximum = 512,
                },
                new(
                    Uniform,
                    SettingKind.Number,
                    "0.5",
                    "λ of class rebalancing: 1 weighs all colours alike, 0 each by the inverse of how often it occurs"
                )
                {
                    Minimum = 0,
                    Maximum = 1,
                },
                new(
                    Temperature,
                    SettingKind.Number,
                    "0.38",
                    "T of the annealed mean: 1 for the mean colour, towards 0 for the most likely one"
                )
                {
                    Minimum = 0,
                    ExcludesMinimum = true,
                    Maximum = 1,
                },
                .. TrainingSettings.Definitions(iterations: "1500", batch: "16", learningRate: "2e-3"),
                Schedule,
                TrainingSettings.Beta2,
                TrainingSettings.WeightDecay,
            ],
            new Dictionary<string, IReadOnlyDictionary<string, string>>
            {
                [PresetNames.Tuned] = new Dictionary<string, string>(),
                [PresetNames.Quick] = new Dictionary<string, string>
                {
                    [Width] = "8",
                    [TrainingSettings.Iterations] = "300",
                    [TrainingSettings.Batch] = "8",
                },
                [PresetNames.Paper] = new Dictionary<string, string>
                {
                    [Width] = "64",
                    [TrainingSettings.Iterations] = "500000",
                    [TrainingSettings.Batch] = "40",
                    [TrainingSettings.LearningRate] = "3e-5",
                    [Schedule.Name] = TrainingSettings.Authors,
                    [TrainingSettings.Beta2.Name] = "0.99",
                    [TrainingSettings.WeightDecay.Name] = "1e-3",
                },
            }
        );

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var side = architecture.Resolution / ColorizerArchitecture.Halved;
        if (side == 0)
            return
            [
                new SettingIssue(
                    Width,
                    $"Images of {architecture.Resolution} pixels cannot be halved three times; a colorizer needs 8 at least."
                ),
            ];
        return side * side * TrainingSettings.Bind(settings).BatchSize > 1
            ? []
            :
            [
                new SettingIssue(
                    TrainingSettings.Batch,
                    $"'{TrainingSettings.Batch}' is 1, but one image of {architecture.Resolution} pixels has no statistics; use 2 or more."
                ),
            ];
    }

    /// <inheritdoc/>
    public WorkEstimate Estimate(ResolvedSettings settings, GeneratorArchitecture architecture)
    {
        var colorizer = new ColorizerArchitecture(BindNetwork(settings).Width, AbBins.Centers.Count);
        return WorkPlanner.Training(
            colorizer.Cost(architecture.Resolution),
            GeneratorCost.Whole(architecture, 1).Cost.MultiplyAdds,
            colorizer.Parameters,
            architecture,
            TrainingSettings.Bind(settings).BatchSize
        );
    }

    /// <inheritdoc/>
    public TrainingRun Start(TrainingProblem problem) =>
        new(Kind, new Model(problem, BindNetwork(problem.Settings).Width, Bind(problem.Settings)), problem);

    /// <inheritdoc/>
    /// <remarks>The authors' published network takes the mean of its distribution as it is, so that T is 1.</remarks>
    public ImportedNetwork Read(StateDict file, GeneratorArchitecture architecture)
    {
        var (colorizer, weights, note) = ColorizerCheckpoint.Read(file);
        var values = new Dictionary<string, string> { [Width] = $"{colorizer.Width}", [Temperature] = "1" };
        return new ImportedNetwork(ResolvedSettings.FromCanonical(values), weights, note);
    }

    /// <summary>What a trained network needs to be used: its width, and T.</summary>
    internal static (int Width, double Temperature) BindNetwork(ResolvedSettings settings) =>
        (settings.Integer(Width), settings.Number(Temperature));

    private static (double UniformShare, bool FallsInSteps) Bind(ResolvedSettings settings) =>
        (settings.Number(Uniform), settings.Text(Schedule) == TrainingSettings.Authors);

    private sealed class Model : TrainingModel
    {
        private readonly ColorizerArchitecture _architecture;
        private readonly int _batch;
        private readonly AbBins _bins;
        private readonly IDegradation _gray;
        private readonly Tensor _weights; // [Q]
        private readonly bool _fallsInSteps;
        private readonly HashSet<string> _normalizations = new(StringComparer.Ordinal);

        public Model(TrainingProblem problem, int width, (double UniformShare, bool FallsInSteps) settings)
            : base(problem)
        {
            var (device, dtype) = (Generator.Device, Generator.Dtype);
            _architecture = new ColorizerArchitecture(width, AbBins.Centers.Count);
            _batch = Settings.BatchSize;
            _fallsInSteps = settings.FallsInSteps;
            _bins = new AbBins(device, dtype);
            _gray = new ColorizationTask().Bind(
                new TaskInputs
                {
                    Settings = ResolvedSettings.FromCanonical([]),
                    Resolution = Generator.Architecture.Resolution,
                    Device = device,
                    Dtype = dtype,
                }
            );
            using var scope = NewDisposeScope();
            foreach (var layer in _architecture.Layers)
            {
                var taps = layer.Size * layer.Size / (layer.Doubles ? 4 : 1);
                AddLayer(layer.Name, [layer.Shape[0], layer.Size, layer.Size, layer.Shape[1]], Deviation(layer.Input * taps), layer.Output);
            }

            foreach (var (name, maps) in _architecture.Normalizations)
            {
                AddParameter($"{name}.weight", ones(maps, dtype: dtype, device: device));
                AddParameter($"{name}.bias", zeros(maps, dtype: dtype, device: device));
                _normalizations.UnionWith([$"{name}.weight", $"{name}.bias"]);
                AddBuffer($"{name}.running_mean", zeros(maps, dtype: dtype, device: device));
                AddBuffer($"{name}.running_var", ones(maps, dtype: dtype, device: device));
            }

            AddBuffer(ColorizerArchitecture.Output, ColorizerArchitecture.OutputOf(_bins.CenterTensor));
            _weights = _bins.Weights(CountColors(Settings.Steps), settings.UniformShare).DetachFromDisposeScope();
        }

        public override IReadOnlyList<string> Terms { get; } = ["classification"];

        public override double LearningRateScale(int iteration) =>
            _fallsInSteps ? Math.Pow(0.1, 20L * iteration / (9L * Iterations)) : base.LearningRateScale(iteration);

        /// <summary>The authors' normalizations have no weights, so that there is nothing to decay.</summary>
        public override bool Decays(string name) => !_normalizations.Contains(name);

        public override (Tensor Total, IReadOnlyList<Tensor> Terms) Losses(int iteration)
        {
            using var scope = NewDisposeScope();
            var images = Images(iteration, _batch);
            var lightness = CieLab.FromImages(_gray.Degrade(images)).narrow(1, 0, 1);
            var (bins, shares) = _bins.Encode(Colors(images));
            var logits = _architecture.Classify(lightness, Weight, (name, x) => ColorizerArchitecture.NormalizeAndFollow(x, name, Weight));
            var logarithms = logits.permute(0, 2, 3, 1).reshape(-1, _architecture.Bins).log_softmax(1);
            var entropies = -(logarithms.gather(1, bins) * shares).sum(1);
            var loss = (entropies * _weights.index_select(0, bins.select(1, 0))).mean();
            return (loss.MoveToOuterDisposeScope(), [loss.clone().MoveToOuterDisposeScope()]);
        }

        public override void Dispose()
        {
            base.Dispose();
            _bins.Dispose();
            _gray.Dispose();
            _weights.Dispose();
        }

        /// <returns>[N·h·w, 2]: the mean a and b of each 4×4 pixels, in the order of the distribution's places.</returns>
        private static Tensor Colors(Tensor images)
        {
            using var scope = NewDisposeScope();
            var colors = nn.functional.avg_pool2d(CieLab.FromImages(images).narrow(1, 1, 2), ColorizerArchitecture.Coarser);
            return colors.permute(0, 2, 3, 1).reshape(-1, 2).MoveToOuterDisposeScope();
        }

        /// <summary>How often each bin is the nearest in images that no iteration learns from, where they are drawn.</summary>
        /// <returns>[Q].</returns>
        private Tensor CountColors(int iterations)
        {
            using var scope = NewDisposeScope();
            using var off = no_grad();
            var counts = zeros(_architecture.Bins, dtype: Generator.Dtype, device: Generator.Device);
            for (var i = 0; i < CountedBatches; i++)
            {
                using var inner = NewDisposeScope();
                var (bins, _) = _bins.Encode(Colors(Images(iterations + i, _batch)));
                counts.AddInPlace(bins.select(1, 0).bincount(null, _architecture.Bins).to(counts.dtype));
            }

            return counts.MoveToOuterDisposeScope();
        }
    }
}
