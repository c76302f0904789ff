using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Results;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Client.Tests.Comparisons;

public sealed class SweepComparisonTests
{
    private static readonly SweepPlan PlanOfA = SampleSweep.Plan(4, "ours", "theirs"),
        PlanOfB = PlanOfA with { Seed = 1 };

    [Fact]
    public void Rows_CommonImages_HaveThePairedDifferencesOfB()
    {
        double[] a = [20, 22, 24, 26],
            b = [19, 20, 25, 25];
        var comparison = Compare(Psnr(PlanOfA, (cell, image) => a[image] + cell), Psnr(PlanOfB, (cell, image) => b[image] + cell));

        // -1, -2, 1, -1: mean -3/4, s² = (1/16 + 25/16 + 49/16 + 1/16)/3 = 19/12, half width 3.1824463 · √(19/48) = 2.0022452
        var row = comparison.Rows[0];
        (row.Label, row.Metric.Name, row.Pairs.Length).ShouldBe(("ours", "psnr", 4));
        row.Difference()!.Value.Mean.ShouldBe(-0.75, 1e-12);
        row.Difference()!.Value.HalfWidth!.Value.ShouldBe(2.0022452, 1e-6);
        (row.A!.Value.Mean, row.B!.Value.Mean).ShouldBe((23, 22.25));
        row.Direction.ShouldBe(0);
        row.Regressions(2).Select(pair => (pair.Image.Name, pair.Difference)).ShouldBe([("image-1", -2), ("image-0", -1)]);
        comparison.Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("psnr", 1, 1)]
    [InlineData("psnr", -1, -1)]
    [InlineData("niqe", 1, -1)]
    [InlineData("niqe", -1, 1)]
    [InlineData("unheard-of", 1, 0)]
    public void Direction_EstablishedDifference_FollowsTheMetric(string metric, double difference, int direction)
    {
        var comparison = Compare(
            new MadeUpTable(PlanOfA).With((_, image) => [(metric, image)]),
            new MadeUpTable(PlanOfB).With((_, image) => [(metric, image + difference)])
        );

        comparison.Rows[0].Direction.ShouldBe(direction);
        comparison.Rows[0].Regressions(9).Length.ShouldBe(direction < 0 ? 4 : 0);
    }

    [Fact]
    public void Notes_WhatHasNoPartner_IsSaid()
    {
        var planOfB = SampleSweep.Plan(5, "ours", "new") with { Seed = 1 };
        planOfB = planOfB with { Images = planOfB.Images.RemoveAt(0), TaskSettings = planOfB.TaskSettings.Add("factor", "4") };
        var a = new MadeUpTable(PlanOfA).With((_, image) => image == 1 ? null : [("psnr", 20 + image), ("ssim", 0.5)]);
        var b = new MadeUpTable(planOfB).With((_, image) => image == 2 ? [("niqe", 4)] : [("psnr", 20 + image), ("niqe", 4)]);

        var comparison = Compare(a, b);

        comparison.Labels.ShouldBe(["ours"]);
        comparison.Rows.ShouldHaveSingleItem().Pairs.ShouldHaveSingleItem().Image.Name.ShouldBe("image-2");
        comparison.Rows[0].Difference()!.Value.HalfWidth.ShouldBeNull();
        comparison.Notes.ShouldBe([
            "Only A has the rows theirs; they are not compared.",
            "Only B has the rows new; they are not compared.",
            "Only A has 1 image (image-0).",
            "Only B has 1 image (image-4).",
            "The tasks differ: A's is inversion, B's is inversion (factor 4).",
            "SSIM is measured in A alone; 'sweep measure' adds it to B.",
            "NIQE is measured in B alone; 'sweep measure' adds it to A.",
            "ours: no result in A for 1 image (image-1).",
            "ours: no pair of numbers of PSNR (dB) for 1 image (image-3).",
        ]);
    }

    [Fact]
    public void Rows_ExactImages_DifferByNothingOrInfinitely()
    {
        double[] a = [double.PositiveInfinity, double.PositiveInfinity, 30, 31],
            b = [double.PositiveInfinity, 40, 31, 33];

        var comparison = Compare(Psnr(PlanOfA, (_, image) => a[image]), Psnr(PlanOfB, (_, image) => b[image]));

        var row = comparison.Rows[0];
        var difference = row.Difference()!.Value;
        (difference.Mean, difference.Count, difference.Infinite).ShouldBe((1, 3, 1));
        row.Regressions(3).ShouldHaveSingleItem().Image.Name.ShouldBe("image-1");
        comparison.Notes.ShouldHaveSingleItem().ShouldContain("left out of the mean and counted");
    }

    [Fact]
    public void Notes_SameJobsAndOtherMethods_AreSaid()
    {
        var planOfB = PlanOfA with { Cells = [PlanOfA.Cells[0], PlanOfA.Cells[1] with { Method = "dip" }] };

        var comparison = Compare(Psnr(PlanOfA, (_, image) => image), new MadeUpTable(planOfB).With((_, image) => [("psnr", image)]));

        comparison.Notes.ShouldBe([
            "ours: these are the same jobs in both sweeps; in one store they have the same results.",
            "theirs: A's method is mganprior, B's is dip.",
        ]);
    }

    [Fact]
    public void Constructor_NothingInCommon_IsBadInput()
    {
        var a = Psnr(PlanOfA, (_, image) => image);
        var renamed = new MadeUpTable(SampleSweep.Plan(4, "x", "y")).With((_, _) => null);
        var others = SampleSweep.Plan(9, "ours");
        others = others with { Images = others.Images.RemoveRange(0, 4) };

        Should.Throw<BadInputException>(() => Compare(a, renamed)).Message.ShouldContain("A has ours, theirs, B has x, y");
        Should
            .Throw<BadInputException>(() => Compare(a, new MadeUpTable(others).With((_, _) => null)))
            .Message.ShouldContain("no image in common");
    }

    [Fact]
    public void ToCsv_EveryPair_IsInItInFull()
    {
        var plan = SampleSweep.Plan(2, "=1+1");

        var csv = Compare(
                new MadeUpTable(plan).With((_, image) => [("psnr", 20.1 + image)]),
                new MadeUpTable(plan with { Seed = 1 }).With((_, image) => [("psnr", image == 0 ? double.PositiveInfinity : 20.3)])
            )
            .ToCsv()
            .Split('\n');

        csv[0].ShouldBe("row,metric,image,image_id,a,b,difference,low95,high95,pairs,infinite");
        csv[1].ShouldBe(string.Create(CultureInfo.InvariantCulture, $"\"'=1+1\",psnr,,,{(20.1 + 21.1) / 2:R},20.3,{20.3 - 21.1:R},,,2,1"));
        csv[2].ShouldBe($"\"'=1+1\",psnr,image-0,{plan.Images[0].Id},20.1,Infinity,Infinity,,,,");
        csv.Length.ShouldBe(5);
    }

    private static SweepComparison Compare(SweepTable a, SweepTable b) => new(a, b, SampleSweep.Metrics);

    private static SweepTable Psnr(SweepPlan plan, Func<int, int, double> psnrOf) =>
        new MadeUpTable(plan).With((cell, image) => [("psnr", psnrOf(cell, image))]);
}
