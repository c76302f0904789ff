using PmSFC.Engine.Generators;
using PmSFC.Engine.Perceptual;
using PmSFC.Engine.Settings;
using PmSFC.Engine.Tensors;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tasks;

/// <summary>
/// Colorization: P is the luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) in all three channels, a gray image. The result has the target's own luma put back, as in mGANprior's public
/// code, so that colors alone are judged: the same amount goes to R, G and B, which leaves the chroma of YCbCr as it is.
/// </summary>
public sealed class ColorizationTask : IInversionTask
{
    /// <inheritdoc/>
    public string Name => "colorization";

    /// <inheritdoc/>
    public SettingsSchema Settings => SettingsSchema.Empty;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> MethodSettings { get; } =
        new Dictionary<string, string> { [PerceptualSetting.WeightName] = "0" };

    /// <inheritdoc/>
    public IReadOnlyList<SettingIssue> Check(ResolvedSettings settings, GeneratorArchitecture architecture) => [];

    /// <inheritdoc/>
    public IDegradation Bind(TaskInputs inputs) => new Gray(inputs.Device, inputs.Dtype);

    private sealed class Gray(Device device, ScalarType dtype) : IDegradation
    {
        private static readonly long[] OverChannels = [1];

        private readonly Tensor _weights = tensor(new[] { 0.299, 0.587, 0.114 }, dtype: dtype, device: device)
            .view(1, 3, 1, 1)
            .DetachFromDisposeScope();

        public Tensor Degrade(Tensor images)
        {
            using var scope = NewDisposeScope();
            return Luma(images).expand(-1, 3, -1, -1).MoveToOuterDisposeScope();
        }

        public Tensor Complete(Tensor targets, Tensor reconstructions)
        {
            using var scope = NewDisposeScope();
            return (reconstructions.Add(Luma(targets)) - Luma(reconstructions)).MoveToOuterDisposeScope();
        }

        public void Dispose() => _weights.Dispose();

        /// <returns>[N, 1, H, W].</returns>
        private Tensor Luma(Tensor images) => (images * _weights).sum(OverChannels, keepdim: true);
    }
}
