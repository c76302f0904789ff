using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

public sealed class AffinityMatrixTests
{
    [Fact]
    public void FromCoefficients_SignsAndAsymmetry_BecomeMeansOfMagnitudes()
    {
        var affinity = AffinityMatrix.FromCoefficients([0, -1, 2, 3, 0, -4, 0, 6, 0], 3);

        (affinity[0, 1], affinity[1, 0]).ShouldBe((2, 2));
        (affinity[0, 2], affinity[2, 0]).ShouldBe((1, 1));
        (affinity[1, 2], affinity[2, 1]).ShouldBe((5, 5));
        affinity.Degrees().ShouldBe([3, 7, 6]);
    }

    [Fact]
    public void Reordered_AnotherOrder_MovesRowsAndColumns()
    {
        var matrix = AffinityMatrix.FromCoefficients([0, 1, 2, 1, 0, 5, 2, 5, 0], 3).Reordered([2, 0, 1]);

        matrix.ShouldBe(
            new float[,]
            {
                { 0, 2, 5 },
                { 2, 0, 1 },
                { 5, 1, 0 },
            }
        );
    }

    [Fact]
    public void FromCoefficients_NotANumber_SaysWhatToChange() =>
        Should
            .Throw<DegenerateAffinityException>(() => AffinityMatrix.FromCoefficients([0, float.NaN, 1, 0], 2))
            .Message.ShouldContain("learning-rate");

    [Fact]
    public void FromCoefficients_WrongCount_IsRefused() =>
        Should.Throw<ArgumentException>(() => AffinityMatrix.FromCoefficients([0, 1, 2], 2));
}
