using PmSFC.Engine.Methods.ColHallucination;
using PmSFC.Engine.Tensors;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Images;

public sealed class CieLabTests
{
    [FactNeeding<Reference.WithTorch>]
    public void FromImages_RandomColours_AgreesWithNumpyAndComesBack()
    {
        using var scope = NewDisposeScope();
        var expected = Reference.Ask("colorizer_reference.py", "--lab");
        var (rgb, lab) = (Read("rgb"), Read("lab"));
        var found = CieLab.FromImages(rgb * 2 - 1);

        TestTensors.Difference(found, lab).ShouldBeLessThan(1e-9f);
        TestTensors.Difference(CieLab.ToImages(lab), rgb * 2 - 1).ShouldBeLessThan(1e-9f);
        for (var i = 0; i < rgb.shape[3]; i += 7)
        {
            var linear = Enumerable.Range(0, 3).Select(c => CieLab.Linear(rgb[0, c, 0, i].item<double>())).ToArray();
            var (a, b) = CieLab.Chroma(linear[0], linear[1], linear[2]);
            a.ShouldBe(lab[0, 1, 0, i].item<double>(), 1e-9);
            b.ShouldBe(lab[0, 2, 0, i].item<double>(), 1e-9);
        }

        Tensor Read(string name) =>
            tensor(expected.GetProperty(name).EnumerateArray().Select(value => value.GetDouble()).ToArray())
                .view(1, 1, -1, 3)
                .permute(0, 3, 1, 2);
    }

    [FactNeeding<Reference.WithTorch>]
    public void Centers_OfTheGamut_AreThoseThatNumpyFinds()
    {
        var expected = Reference
            .Ask("colorizer_reference.py", "--lab")
            .GetProperty("bins")
            .EnumerateArray()
            .Select(value => value.GetInt32())
            .ToArray();

        AbBins.Centers.SelectMany(center => new[] { center.A, center.B }).ShouldBe(expected);
    }

    [Fact]
    public void ToImages_ColoursOutsideSrgb_AreClamped()
    {
        using var scope = NewDisposeScope();
        var images = CieLab.ToImages(tensor(new double[] { 50, 120, -120 }).view(1, 3, 1, 1));

        images.abs().max().item<double>().ShouldBeLessThanOrEqualTo(1);
        CieLab.ToImages(tensor(new double[] { 100, 0, 0 }).view(1, 3, 1, 1)).min().item<double>().ShouldBe(1, 1e-9);
    }
}
