using PmSFC.Engine.Checkpoints.Formats;
using PmSFC.Engine.Generators;

namespace PmSFC.SecondFamily;

/// <summary>The family's only layout: <c>mapping</c>, <c>constant</c>, <c>block{i}.style</c>, <c>block{i}.weight</c>, <c>rgb{i}.weight</c>.</summary>
public sealed class StyledLayout : IGeneratorLayout
{
    /// <inheritdoc/>
    public string Name => "styled";

    /// <inheritdoc/>
    public IReadOnlyList<string> Marks { get; } = ["mapping.styled"];

    /// <inheritdoc/>
    public bool IsOwn => true;

    /// <inheritdoc/>
    public IGeneratorWeights Read(StateDict tensors)
    {
        var latent = (int)tensors.Shape("mapping.styled")[0];
        int[] channels =
        [
            .. Enumerable
                .Range(0, 6)
                .TakeWhile(i => tensors.Contains($"block{i}.weight"))
                .Select(i => (int)tensors.Shape($"block{i}.weight")[0]),
        ];
        var architecture = new StyledArchitecture(latent, channels);
        return new StyledWeights(
            architecture,
            StyledWeights
                .TensorsOf(architecture)
                .ToDictionary(tensor => tensor.Name, tensor => tensors.ReadFloats(tensor.Name, tensor.Shape))
        );
    }
}
