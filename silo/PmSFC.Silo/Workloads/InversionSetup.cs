using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using PmSFC.Engine.Preparation;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tasks;
using PmSFC.Engine.Training;
using PmSFC.Imaging;

namespace PmSFC.Silo.Workloads;

/// <summary>What the jobs of a batch have in common; <c>TaskImages</c> are those that the task's settings name, by their content ids.</summary>
internal sealed record InversionSetup(
    string GeneratorId,
    IInversionMethod Method,
    ResolvedSettings Settings,
    IInversionTask Task,
    ResolvedSettings TaskSettings,
    IReadOnlyDictionary<string, RgbImage> TaskImages,
    ChannelPartition? Partition,
    TrainedNetwork? Network,
    PreparedContents Prepared
);
