using TorchSharp;
using static PmSFC.Silo.Devices.Checks.Differences;
using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>
/// Convolutions forward and backward, of the kinds and channel counts that libraries have got wrong: 1×1 with 8 channels more than a multiple of 32,
/// channels that no vector length divides, one image and several. The answers are plain sums in double precision.
/// </summary>
internal sealed class ConvolutionCheck : IDeviceCheck
{
    // The longest sums have 2 × 16 × 16 × 1 products; fast algorithms (Winograd) lose about two more digits than plain sums.
    private const double Allowed = 1e-4;

    private static readonly Kind[] Kinds =
    [
        new("1×1", 2, 3, 24, 1, 1, 0),
        new("1×1", 2, 24, 3, 1, 1, 0),
        new("1×1", 2, 24, 40, 1, 1, 0),
        new("1×1", 2, 40, 40, 1, 1, 0),
        new("1×1", 2, 128, 104, 1, 1, 0),
        new("3×3", 2, 24, 24, 3, 1, 1),
        new("3×3", 2, 5, 13, 3, 1, 1),
        new("3×3", 1, 16, 21, 3, 1, 1),
        new("3×3", 2, 48, 24, 3, 1, 1),
        new("3×3", 1, 96, 40, 3, 1, 1),
        new("with stride", 2, 24, 32, 3, 2, 1),
        new("with stride", 2, 5, 13, 4, 2, 1),
        new("with stride", 2, 3, 16, 11, 4, 2),
    ];

    public string Name => "convolution";

    public IReadOnlyList<CheckResult> Run(CheckSubject subject) =>
        [
            .. Kinds
                .GroupBy(kind => kind.Name)
                .Select(kinds => new CheckResult($"{Name} {kinds.Key}", kinds.Max(kind => Difference(subject, kind)), Allowed)),
        ];

    private static double Difference(CheckSubject subject, Kind kind)
    {
        using var scope = NewDisposeScope();
        var direct = new DirectConvolution(kind.Inputs, kind.Outputs, kind.Size, kind.Stride, kind.Padding, Side: 16, kind.Images);
        var x = subject.Numbers(1, kind.Images, kind.Inputs, direct.Side, direct.Side).requires_grad_();
        var weight = subject.Numbers(2, kind.Outputs, kind.Inputs, kind.Size, kind.Size).requires_grad_();
        var bias = subject.Numbers(3, kind.Outputs);
        var cotangent = subject.Numbers(4, kind.Images, kind.Outputs, direct.OutputSide, direct.OutputSide);
        LeaveLargeNumbers(subject.Device);
        var output = subject.Convolve(x, weight, bias, kind.Stride, kind.Padding);
        var sum = (output * cotangent).sum();
        LeaveLargeNumbers(subject.Device);
        var gradients = autograd.grad([sum], [x, weight]);
        var (exact, exactOfInput, exactOfWeight) = direct.Compute(Numbers(x), Numbers(weight), Numbers(bias), Numbers(cotangent));
        return new[]
        {
            OfLargest(Numbers(output), exact),
            OfLargest(Numbers(gradients[0]), exactOfInput),
            OfLargest(Numbers(gradients[1]), exactOfWeight),
        }.Max();
    }

    /// <summary>Channels that a library adds to fill a vector show what freed memory held: large numbers here, in blocks of every size.</summary>
    private static void LeaveLargeNumbers(torch.Device device)
    {
        using Scalar large = 1e6f;
        var blocks = new List<Tensor>();
        for (var power = 6; power <= 18; power++)
        for (var i = 0; i < 4; i++)
            blocks.Add(full(1L << power, large, device: device));
        foreach (var block in blocks)
            block.Dispose();
    }

    private sealed record Kind(string Name, int Images, int Inputs, int Outputs, int Size, int Stride, int Padding);
}
