using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Methods.BdInvert;
using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Methods.Dip;
using PmSFC.Engine.Methods.Encoders;
using PmSFC.Engine.Methods.Esrgan;
using PmSFC.Engine.Methods.GenVisMani;
using PmSFC.Engine.Methods.Image2StyleGan;
using PmSFC.Engine.Methods.Input;
using PmSFC.Engine.Methods.InvertGenNet;
using PmSFC.Engine.Methods.InvertLayers;
using PmSFC.Engine.Methods.MeanImage;
using PmSFC.Engine.Methods.Mganprior;
using PmSFC.Engine.Methods.Pmsfc;
using PmSFC.Engine.Methods.Projector;
using PmSFC.Engine.Methods.Pti;
using PmSFC.Engine.Methods.Rcan;
using PmSFC.Engine.Methods.Sam;
using PmSFC.Engine.Methods.SemPhoMani;
using PmSFC.Engine.Metrics;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Pggan;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.StyleGan1;
using PmSFC.Engine.StyleGan2;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;

namespace PmSFC.Engine;

/// <summary>
/// Everything of its kind that the engine knows by name. A silo, a planner and the command line take theirs from one catalogue; what is not in it does not
/// exist for them. Extension is in-tree: a new part is a new file or folder, and one line in <see cref="BuiltIn"/>.
/// </summary>
public sealed record EngineCatalog
{
    /// <summary>The product's own.</summary>
    public static EngineCatalog BuiltIn { get; } =
        new()
        {
            Families = new([new PgganFamily(), new StyleGan1Family(), new StyleGan2Family()]),
            Methods =
            [
                new PmsfcMethod(),
                new MganpriorMethod(),
                new InvertGenNetMethod(),
                new ProjectorMethod(),
                new Image2StyleGanMethod(),
                new SamMethod(),
                new BdInvertMethod(),
                new PtiMethod(),
                new DeepImagePriorMethod(),
                new GenVisManiMethod(),
                new InvertLayersMethod(),
                new SemPhoManiMethod(),
                new ColHallucinationMethod(),
                new RcanMethod(),
                new EsrganMethod(),
                new InputMethod(),
                new MeanImageMethod(),
            ],
            Discoveries =
            [
                new SelfExpressiveDiscovery(),
                new CorrelationDiscovery(),
                new RandomPartitionDiscovery(),
                new MomentsDiscovery(),
            ],
            Trainings = [new EncoderTraining(), new ColorizerTraining(), new RcanTraining(), new EsrganTraining()],
            Preparations = [new StatisticsPreparation(), new MeanImagePreparation(), new StyleGaussianPreparation()],
            Tasks = TaskCatalog.All,
            Metrics = MetricCatalog.BuiltIn,
        };

    /// <summary>Families of generators.</summary>
    public required GeneratorFamilies Families { get; init; }

    /// <summary>Inversion methods, in the order in which they are listed.</summary>
    public required IReadOnlyList<IInversionMethod> Methods { get; init; }

    /// <summary>Ways to find subspaces.</summary>
    public required IReadOnlyList<ISubspaceDiscovery> Discoveries { get; init; }

    /// <summary>Kinds of networks that methods need.</summary>
    public required IReadOnlyList<INetworkTraining> Trainings { get; init; }

    /// <summary>Other kinds of things that are made once and that methods and discoveries need.</summary>
    public required IReadOnlyList<IPreparationKind> Preparations { get; init; }

    /// <summary>What images may lose before they are inverted.</summary>
    public required IReadOnlyList<IInversionTask> Tasks { get; init; }

    /// <summary>Metrics, in the order of a table's columns.</summary>
    public required MetricCatalog Metrics { get; init; }

    /// <summary>What can serve as V: classifiers, and what families bring.</summary>
    public PerceptualNetworks Perceptual => new([new TrunkFormat(), .. Families.All.SelectMany(family => family.Perceptual)]);

    /// <summary>The method of a name; <see langword="null"/> where there is none.</summary>
    public IInversionMethod? FindMethod(string name) => Methods.FirstOrDefault(method => method.Name == name);

    /// <summary>The discovery of a name; <see langword="null"/> where there is none.</summary>
    public ISubspaceDiscovery? FindDiscovery(string name) => Discoveries.FirstOrDefault(discovery => discovery.Name == name);

    /// <summary>The training of a kind of network; <see langword="null"/> where there is none.</summary>
    public INetworkTraining? FindTraining(string kind) => Trainings.FirstOrDefault(training => training.Kind == kind);

    /// <summary>The preparation of a kind; <see langword="null"/> where there is none.</summary>
    public IPreparationKind? FindPreparation(string kind) => Preparations.FirstOrDefault(preparation => preparation.Name == kind);

    /// <summary>The task of a name; <see langword="null"/> where there is none.</summary>
    public IInversionTask? FindTask(string name) => Tasks.FirstOrDefault(task => task.Name == name);
}
