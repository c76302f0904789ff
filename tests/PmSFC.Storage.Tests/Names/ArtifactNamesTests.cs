using FsCheck.Xunit;

namespace PmSFC.Storage.Tests;

public sealed class ArtifactNamesTests
{
    [Fact]
    public void EveryName_OfAnId_IsWhatStoresHold()
    {
        (string Actual, string Expected)[] names =
        [
            (ArtifactNames.GeneratorWeights("g1"), "generators/g1/weights.safetensors"),
            (ArtifactNames.GeneratorPerceptual("g1"), "generators/g1/perceptual.safetensors"),
            (ArtifactNames.GeneratorCard("g1"), "generators/g1/card.json"),
            (ArtifactNames.GeneratorThumbnail("g1"), "generators/g1/thumbnail.png"),
            (ArtifactNames.Image("i1"), "images/i1.png"),
            (ArtifactNames.ImageFile("i1"), "image-files/i1"),
            (ArtifactNames.ImageSet("eval300"), "image-sets/eval300.json"),
            (ArtifactNames.SubspaceSet("s1"), "subspaces/s1/set.json"),
            (ArtifactNames.SubspaceCoefficients("s1"), "subspaces/s1/coefficients.safetensors"),
            (ArtifactNames.SubspaceAffinity("s1"), "subspaces/s1/affinity.png"),
            (ArtifactNames.JobResult("j1"), "jobs/j1/result.json"),
            (ArtifactNames.JobReconstruction("j1"), "jobs/j1/reconstruction.png"),
            (ArtifactNames.JobCodes("j1"), "jobs/j1/codes.safetensors"),
            (ArtifactNames.JobMeasurement("j1", "ssim-y"), "jobs/j1/metrics/ssim-y.json"),
            (ArtifactNames.Checkpoint("j1", 250), "checkpoints/j1/00000250"),
            (ArtifactNames.Preview("j1"), "previews/j1.json"),
            (ArtifactNames.PreviewPicture("j1"), "previews/j1.png"),
            (ArtifactNames.SweepPlan("w1"), "sweeps/w1/plan.json"),
            (ArtifactNames.State("sweep", "sweep", "w1"), "state/sweep/sweep/w1"),
            (ArtifactNames.Membership("c1"), "membership/c1.json"),
        ];

        foreach (var (actual, expected) in names)
        {
            actual.ShouldBe(expected);
            ArtifactName.IsValid(actual).ShouldBeTrue(actual);
        }
    }

    [Fact]
    public void Ids_AreReadBackFromNames()
    {
        ArtifactNames.GeneratorOf(ArtifactNames.GeneratorCard("g1")).ShouldBe("g1");
        ArtifactNames.ImageSetOf(ArtifactNames.ImageSet("v1.2-eval")).ShouldBe("v1.2-eval");
        ArtifactNames.SubspaceSetOf(ArtifactNames.SubspaceSet("s1")).ShouldBe("s1");
        ArtifactNames.JobOf(ArtifactNames.JobResult("j1")).ShouldBe("j1");
        ArtifactNames.SweepOf(ArtifactNames.SweepPlan("w1")).ShouldBe("w1");
        ArtifactNames.CheckpointOf(ArtifactNames.Checkpoint("j1", 250)).ShouldBe("j1");
        ArtifactNames.PreviewOf(ArtifactNames.Preview("j1")).ShouldBe("j1");
        ArtifactNames.PreviewOf(ArtifactNames.PreviewPicture("j1")).ShouldBe("j1");
        ArtifactNames.PreviewOf("previews/a/b.png").ShouldBeNull();

        ArtifactNames.JobOf(ArtifactNames.JobCodes("j1")).ShouldBeNull();
        ArtifactNames.JobOf("jobs/a/b/result.json").ShouldBeNull();
        ArtifactNames.JobOf("jobs/result.json").ShouldBeNull();
        ArtifactNames.SweepOf(ArtifactNames.JobResult("j1")).ShouldBeNull();
        ArtifactNames.CheckpointOf("checkpoints/a/b/00000250").ShouldBeNull();
        ArtifactNames.CheckpointOf("checkpoints/00000250").ShouldBeNull();
    }

    [Theory]
    [InlineData("checkpoints/j1/00000250", true, 250)]
    [InlineData("checkpoints/j1/99999999", true, 99_999_999)]
    [InlineData("checkpoints/j1/250", false, 0)]
    [InlineData("checkpoints/j1/-0000250", false, 0)]
    [InlineData("checkpoints/j1/0000025a", false, 0)]
    [InlineData("jobs/j1/00000250", false, 0)]
    public void TryParseCheckpoint_Name_TellsItsIteration(string name, bool parses, int expected)
    {
        ArtifactNames.TryParseCheckpoint(name, out var iteration).ShouldBe(parses);
        iteration.ShouldBe(expected);
    }

    [Fact]
    public void Checkpoint_IterationOutOfRange_IsAnArgumentError()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ArtifactNames.Checkpoint("j1", -1));
        Should.Throw<ArgumentOutOfRangeException>(() => ArtifactNames.Checkpoint("j1", 100_000_000));
    }

    [Property]
    public bool State_AnyShortKey_IsAName(string? key) =>
        key is { Length: > 20 } || ArtifactName.IsValid(ArtifactNames.State("sweep", "book", key ?? ""));

    [Property]
    public bool State_DifferentKeys_HaveDifferentNames(string? a, string? b) =>
        Decodable(a) == Decodable(b)
        || ArtifactNames.State("sweep", "book", Decodable(a)) != ArtifactNames.State("sweep", "book", Decodable(b));

    [Theory]
    [InlineData("", "0_.")]
    [InlineData("_a", "_5fa")]
    [InlineData(".", "")]
    [InlineData("a/b", "a_2fb")]
    [InlineData("0_.x", "_x")]
    public void State_KeysThatLookLikeEscapes_DoNotCollide(string a, string b) =>
        ArtifactNames.State("sweep", "book", a).ShouldNotBe(ArtifactNames.State("sweep", "book", b));

    [Fact]
    public void Check_TooLong_IsAnArgumentError()
    {
        ArtifactName.Check(new string('a', 200));
        Should.Throw<ArgumentException>(() => ArtifactName.Check(new string('a', 201)));
        Should.Throw<ArgumentException>(() => ArtifactName.Check(string.Join('/', Enumerable.Repeat(new string('a', 200), 4)) + "/a"));
    }

    // Unpaired surrogates have no UTF-8, so they are no text.
    private static string Decodable(string? text) => string.Concat((text ?? "").Where(c => !char.IsSurrogate(c)));
}
