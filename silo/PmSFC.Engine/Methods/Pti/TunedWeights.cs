using PmSFC.Engine.Generators;
using PmSFC.Engine.Inversion;
using static TorchSharp.torch;

namespace PmSFC.Engine.Methods.Pti;

/// <summary>
/// Images of one style each, which stays, by weights of their own. Kept is what is added to the generator's weights, by the names that its stored file has.
/// </summary>
internal sealed class TunedWeights : ImageModel
{
    private readonly IStyledGenerator _generator;
    private readonly Tensor _style; // [B, S]
    private readonly Tensor[] _changes;

    /// <param name="problem">The images.</param>
    /// <param name="pivot">[B, S].</param>
    public TunedWeights(InversionProblem problem, Tensor pivot)
    {
        _generator = StyleSearch.GeneratorOf(problem);
        _style = Constant("w", pivot);
        using var scope = NewDisposeScope();
        _changes =
        [
            .. _generator.OwnWeights.Select(weight =>
                Parameter(weight.Name, zeros([problem.Seeds.Count, .. weight.Shape], dtype: _generator.Dtype, device: _generator.Device))
            ),
        ];
    }

    public override Tensor Images() => _generator.DrawMoved(_style, _changes);
}
