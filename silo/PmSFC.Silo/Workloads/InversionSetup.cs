using PmSFC.Engine.Inversion;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tasks;

namespace PmSFC.Silo.Workloads;

/// <summary>What the jobs of a batch have in common.</summary>
internal sealed record InversionSetup(
    string GeneratorId, IInversionMethod Method, ResolvedSettings Settings, IInversionTask Task, ChannelPartition? Partition);
