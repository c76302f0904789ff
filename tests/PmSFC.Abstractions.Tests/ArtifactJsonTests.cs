using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;

namespace PmSFC.Abstractions.Tests;

public class ArtifactJsonTests
{
    private static readonly JobResult Result = new()
    {
        JobId = "0123",
        Spec = new JobSpec
        {
            GeneratorId = "g",
            Task = "inversion",
            Method = "pmsfc",
            Settings = ImmutableSortedDictionary<string, string>.Empty.Add("codes", "5").Add("split", "3"),
            SubspaceSetId = null,
            ImageId = "i",
            Seed = long.MaxValue,
        },
        Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("psnr", double.PositiveInfinity).Add("ssim", 0.1 + 0.2),
        Losses = [new LossPoint(1, 0.5), new LossPoint(10, 1e-30)],
        Iterations = 10,
        DeviceSeconds = 1.25,
        Device = "cpu",
        ReconstructionSha256 = "ff",
        ProductVersion = "1",
    };

    [Fact]
    public void Write_ThenRead_GivesTheSameRecord()
    {
        var read = ArtifactJson.Read<JobResult>(ArtifactJson.Write(Result));

        read.Spec.Id.ShouldBe(Result.Spec.Id);
        read.Metrics.ShouldBe(Result.Metrics);
        read.Losses.ShouldBe(Result.Losses);
        (read with { Spec = Result.Spec, Metrics = Result.Metrics, Losses = Result.Losses }).ShouldBe(Result);
    }

    [Fact]
    public void Write_State_IsWrittenByName() =>
        Encoding.UTF8.GetString(ArtifactJson.Write(JobState.WaitingForSubspaces)).ShouldBe("\"waitingForSubspaces\"");

    [Theory]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"jobId\": \"1\"}")]
    [InlineData("{\"iteration\": \"one\"}")]
    public void Read_WhatIsNoSuchRecord_IsRefused(string json) =>
        Should.Throw<JsonException>(() => ArtifactJson.Read<JobResult>(Encoding.UTF8.GetBytes(json)));
}
