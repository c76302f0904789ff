using PmSFC.Engine.Tasks;
using PmSFC.Engine.Tests.Support;
using static TorchSharp.torch;

namespace PmSFC.Engine.Tests.Tasks;

public sealed class DegradationReferenceTests
{
    private const int Side = 16;

    [FactNeeding<Reference.WithTorch>]
    public void Degrade_OfEveryTask_EqualsNumpyAndPyTorch()
    {
        using var scope = NewDisposeScope();
        var image = Image();
        var expected = Reference.Ask("degradations.py");

        foreach (
            var (name, task, settings) in new (string, IInversionTask, (string, string)[])[]
            {
                ("gray", new ColorizationTask(), []),
                ("bilinear-2", new SuperResolutionTask(), [("factor", "2")]),
                ("bilinear-4", new SuperResolutionTask(), []),
                ("bilinear-16", new SuperResolutionTask(), [("factor", "16")]),
                ("area-4", new SuperResolutionTask(), [("filter", "area")]),
                ("center", new InpaintingTask(), []),
                ("left-half", new InpaintingTask(), [("mask", "left-half")]),
                ("blur-2", new DeblurringTask(), []),
                ("blur-0.7", new DeblurringTask(), [("sigma", "0.7")]),
            }
        )
        {
            using var degradation = Problems.Bind(task, Side, ScalarType.Float64, settings);
            Compare(name, degradation.Degrade(image));
        }

        using var gray = Problems.Bind(new ColorizationTask(), Side, ScalarType.Float64);
        Compare("completed", gray.Complete(image, image.flip(2) * 0.5));

        void Compare(string name, Tensor ours)
        {
            double[] theirs = [.. expected.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
            var numbers = ours.contiguous().data<double>().ToArray();
            numbers.Length.ShouldBe(theirs.Length, name);
            numbers.Zip(theirs, (a, b) => Math.Abs(a - b)).Max().ShouldBeLessThan(1e-8, name);
        }
    }

    /// <summary>The image that the script makes, too.</summary>
    private static Tensor Image()
    {
        var values = Enumerable
            .Range(0, 3 * Side * Side)
            .Select(i => (i / (Side * Side) * 131 + i / Side % Side * 17 + i % Side * 29) % 101 / 50.5 - 1);
        return tensor(values.ToArray()).view(1, 3, Side, Side);
    }
}
