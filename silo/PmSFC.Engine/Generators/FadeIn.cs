using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Checkpoints.Formats;

namespace PmSFC.Engine.Generators;

/// <summary>What networks that grow while they are trained tell of it: lod, how many resolutions are still to come.</summary>
internal static class FadeIn
{
    /// <summary>Demands that a network is fully grown, where its file says so.</summary>
    /// <param name="tensors">The network's.</param>
    /// <param name="level">What lod is called.</param>
    /// <exception cref="CheckpointException">It was stored in the middle of a fade-in.</exception>
    public static void CheckIsOver(StateDict tensors, string level)
    {
        if (tensors.Contains(level) && tensors.ReadFloats(level, tensors.Shape(level) is [] ? [] : [1])[0] is var lod and not 0)
        {
            throw SafetensorsHeader.Damaged(
                tensors.FileName,
                $"was stored in the middle of a fade-in (lod {lod}); only a fully grown generator (lod 0) can be used"
            );
        }
    }
}
