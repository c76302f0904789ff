using PmSFC.Engine.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>Inputs of known answers. Single precision holds them exactly, or to a cosine's last bit, and no library's random numbers are in them.</summary>
internal static class CheckInputs
{
    /// <summary>Numbers from −2 to 2, each a multiple of 2⁻²².</summary>
    public static float[] Numbers(long seed, long count)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, (int)count).Select(_ => random.NextIndex(1 << 24) / (float)(1 << 22) - 2)];
    }

    /// <summary>A smooth picture, [1, 3, side, side], range −0.5 to 0.5.</summary>
    public static Tensor Picture(int side, torch.Device device)
    {
        var pixels = new float[3 * side * side];
        for (var c = 0; c < 3; c++)
        {
            for (var i = 0; i < side * side; i++)
                pixels[c * side * side + i] = (float)(0.5 * Math.Cos(0.1 * (i % side) + 0.07 * (c + 1) * (i / side) + c));
        }

        return tensor(pixels, device: device).reshape(1, 3, side, side);
    }
}
