using PmSFC.Engine.Generators;
using PmSFC.Engine.Settings;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>Inversion proper: nothing is lost, P is the identity.</summary>
public sealed class ReconstructionTask : IInversionTask
{
    /// <inheritdoc/>
    public string Name => "inversion";

    /// <inheritdoc/>
    public SettingsSchema Settings => SettingsSchema.Empty;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MethodSettings { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public IDegradation Bind(TaskInputs inputs) => new Nothing();

    private sealed class Nothing : IDegradation
    {
        public Tensor Degrade(Tensor images) => images;

        public void Dispose() { }
    }
}
