using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using PmSFC.Connections;
using PmSFC.Storage;

namespace PmSFC.Cluster.Tests.Api;

public sealed class JobRoutesTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData(0, "target.png", 0)]
    [InlineData(0, "reconstruction.png", 1)]
    [InlineData(0, "preview.png", 2)]
    [InlineData(1, "target.png", 0)]
    [InlineData(1, "preview.png", 3)]
    public async Task Picture_ThatIsStored_IsSentOnceAndThenOnlySaidToBeTheSame(int job, string name, int picture)
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);
        var path = Path(Job(job), name);

        var answer = await client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(server.Pictures[picture]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        answer.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
        answer.Headers.GetValues("Content-Security-Policy").ShouldBe(["default-src 'none'; frame-ancestors 'none'"]);
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        var tag = answer.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeFalse();

        (await AskAsync(tag.Tag)).ShouldBe((HttpStatusCode.NotModified, 0));
        (await AskAsync($"\"other\", {tag.Tag}")).ShouldBe((HttpStatusCode.NotModified, 0));
        (await AskAsync("\"other\"")).ShouldBe((HttpStatusCode.OK, server.Pictures[picture].Length));

        async Task<(HttpStatusCode Status, int Length)> AskAsync(string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var again = await client.SendAsync(request);
            if (again.StatusCode == HttpStatusCode.NotModified)
                again.Headers.ETag.ShouldBe(tag);
            return (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length);
        }
    }

    [Fact]
    public async Task Preview_ThatHasChanged_HasAnotherTag()
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);
        var job = Job(3);
        await server.Store.PutAsync(ArtifactNames.PreviewPicture(job), server.Pictures[2]);
        var before = (await client.GetAsync(Path(job, "preview.png"))).Headers.ETag.ShouldNotBeNull();
        await server.Store.PutAsync(ArtifactNames.PreviewPicture(job), server.Pictures[3]);

        using var request = new HttpRequestMessage(HttpMethod.Get, Path(job, "preview.png"));
        request.Headers.IfNoneMatch.Add(before);
        var answer = await client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(server.Pictures[3]);
        answer.Headers.ETag.ShouldNotBe(before);
    }

    [Theory]
    [InlineData(0, """{"iteration":100,"iterations":100,"losses":[{"iteration":1,"loss":2.5},{"iteration":100,"loss":0.5}]}""")]
    [InlineData(1, """{"iteration":75,"iterations":100,"losses":[{"iteration":1,"loss":2.5}]}""")]
    public async Task Losses_OfTheResultOrElseOfThePreview_AreTold(int job, string expected)
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);

        var answer = await client.GetAsync(Path(Job(job), "losses"));

        (await answer.Content.ReadAsStringAsync()).ShouldBe(expected);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData(5, "target.png", "is not in the store; run the sweep again from its file, which stores it again.")]
    [InlineData(2, "reconstruction.png", "has no reconstruction yet; while it runs, it may have a preview.")]
    [InlineData(2, "preview.png", "has no preview; it has one from a few seconds after it begins until its reconstruction is stored.")]
    [InlineData(2, "losses", "No losses are known of job")]
    public async Task WhatIsNotThereYet_IsSaidInASentenceThatNobodyKeeps(int job, string what, string sentence)
    {
        var (status, detail, cache) = await ProblemAsync(Path(Job(job), what));

        (status, cache!.NoStore).ShouldBe((HttpStatusCode.NotFound, true));
        detail.ShouldContain(Job(job));
        detail.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/target.png")]
    [InlineData("/reconstruction.png")]
    [InlineData("/preview.png")]
    [InlineData("/losses")]
    public async Task JobOfAnotherSweep_IsNotTheSweeps(string what)
    {
        var foreign = server.Foreign.Jobs().First().Spec.Id;
        (await server.Store.ExistsAsync(ArtifactNames.JobResult(foreign))).ShouldBeTrue();

        var (status, detail, _) = await ProblemAsync($"/api/v1/sweeps/latest/jobs/{foreign}{what}");

        (status, detail).ShouldBe((HttpStatusCode.NotFound, $"Sweep {server.Plan.Id} has no job '{foreign}'."));
    }

    [Fact]
    public async Task Reconstruction_ThatIsNotTheOneThatWasMeasured_IsNotShown()
    {
        var job = Job(0);
        await server.Store.PutAsync(ArtifactNames.JobReconstruction(job), server.Pictures[3]);
        try
        {
            var (status, detail, _) = await ProblemAsync(Path(job, "reconstruction.png"));

            (status, detail).ShouldBe(
                (
                    HttpStatusCode.NotFound,
                    $"jobs/{job}/reconstruction.png is not the picture that its result was measured on; resume the sweep, which makes it again."
                )
            );
        }
        finally
        {
            await server.Store.PutAsync(ArtifactNames.JobReconstruction(job), server.Pictures[1]);
        }
    }

    [Fact]
    public async Task Losses_PreviewThatCannotBeRead_AreNotKnown()
    {
        await server.Store.PutAsync(ArtifactNames.Preview(Job(4)), "{\"iteration\":"u8.ToArray());

        (await ProblemAsync(Path(Job(4), "losses"))).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Path(string job, string what) => $"/api/v1/sweeps/latest/jobs/{job}/{what}";

    private string Job(int number) => server.Plan.Jobs().ElementAt(number).Spec.Id;

    private async Task<(HttpStatusCode Status, string Detail, CacheControlHeaderValue? Cache)> ProblemAsync(string path)
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);
        var answer = await client.GetAsync(path);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        return (
            answer.StatusCode,
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!,
            answer.Headers.CacheControl
        );
    }
}
