using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using NSubstitute;
using PmSFC.Connections;

namespace PmSFC.Cluster.Tests.Api;

public sealed class SweepRoutesTests(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Sweeps_OfTheStore_AreListedAndFoundByTheBeginningOfTheirIds()
    {
        var list = await GetAsync("sweeps");
        list.GetProperty("sweeps").EnumerateArray().ShouldHaveSingleItem().GetProperty("name").GetString().ShouldBe("faces");

        foreach (var reference in new[] { server.Plan.Id, server.Plan.Id[..6], "latest" })
        {
            var sweep = await GetAsync($"sweeps/{reference}");
            (sweep.GetProperty("id").GetString(), sweep.GetProperty("status").GetProperty("state").GetString()).ShouldBe(
                (server.Plan.Id, "running")
            );
            var progress = sweep.GetProperty("progress");
            (
                progress.GetProperty("jobs").GetInt32(),
                progress.GetProperty("running").GetInt32(),
                progress.GetProperty("secondsLeft").ValueKind
            ).ShouldBe((80, 1, JsonValueKind.Null));
            progress
                .GetProperty("cells")
                .EnumerateArray()
                .Select(cell =>
                    (cell.GetProperty("label").GetString(), cell.GetProperty("jobs").GetInt32(), cell.GetProperty("running").GetInt32())
                )
                .ShouldBe([("ours", 40, 1), ("theirs", 40, 0)]);
        }
    }

    /// <summary>Whatever the pages' size and the filter, the pages together are all jobs that fit, each once and in the plan's order.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("state=failed")]
    [InlineData("state=succeeded")]
    [InlineData("cell=theirs")]
    [InlineData("image=FACE%201")]
    [InlineData("cell=ours&state=queued&image=3")]
    public async Task Jobs_PageByPage_AreAllThatFit(string filter)
    {
        var expected = server
            .Plan.Jobs()
            .Select((job, number) => (job, State: number % 3 == 0 ? "failed" : "queued"))
            .Where(at => !filter.Contains("state=") || filter.Contains($"state={at.State}"))
            .Where(at => !filter.Contains("cell=") || filter.Contains($"cell={at.job.Cell.Label}"))
            .Where(at => !filter.Contains("FACE%201") || at.job.Image.Name.StartsWith("face 1", StringComparison.Ordinal))
            .Where(at => !filter.Contains("image=3") || at.job.Image.Name.Contains('3'))
            .Select(at => at.job.Spec.Id)
            .ToArray();
        foreach (var limit in new[] { 9, 26, 80, 500 })
        {
            var (found, after) = (new List<string>(), (int?)0);
            for (var pages = 0; after is not null; pages++)
            {
                pages.ShouldBeLessThan(200);
                var page = await GetAsync($"sweeps/latest/jobs?limit={limit}&after={after}&{filter}");
                var rows = page.GetProperty("jobs")
                    .EnumerateArray()
                    .Select(row => row.GetProperty("job").GetProperty("id").GetString()!)
                    .ToArray();
                rows.Length.ShouldBeLessThanOrEqualTo(limit);
                found.AddRange(rows);
                after = page.GetProperty("next") is { ValueKind: JsonValueKind.Number } next ? next.GetInt32() : null;
            }

            found.ShouldBe(expected, ignoreOrder: false, $"{limit} a page");
        }
    }

    /// <summary>Where the sweep has not handed a job over yet, the job itself knows of nobody who wants it.</summary>
    [Fact]
    public async Task Job_OfASweepThatTellsItsStates_IsToldAsTheSweepHasIt()
    {
        await using var other = new ApiServer();
        other.TellOfJobs();
        await other.InitializeAsync();

        using var client = other.Client(other.Secrets[AccessRole.Viewer]);
        var job = await client.GetFromJsonAsync<JsonElement>($"/api/v1/sweeps/{other.Plan.Id}/jobs/{other.Plan.Jobs().First().Spec.Id}");
        job.GetProperty("job").GetProperty("state").GetString().ShouldBe("queued", "the job itself says 'failed'");
    }

    [Theory]
    [InlineData(
        "sweeps/latest/jobs?state=broken",
        HttpStatusCode.BadRequest,
        "'broken' is no state of a job; write one of waitingForSubspaces"
    )]
    [InlineData("sweeps/latest/jobs?limit=0", HttpStatusCode.BadRequest, "limit is 0; ask for 1 to 500 jobs.")]
    [InlineData("sweeps/latest/jobs?limit=501", HttpStatusCode.BadRequest, "limit is 501; ask for 1 to 500 jobs.")]
    [InlineData("sweeps/latest/jobs?after=-1", HttpStatusCode.BadRequest, "after is -1; take it from the 'next' of the page before.")]
    [InlineData("sweeps/latest/jobs?cell=none", HttpStatusCode.NotFound, "The sweep has no row 'none'; its rows are ours, theirs.")]
    [InlineData("sweeps/latest/jobs/0000", HttpStatusCode.NotFound, "has no job '0000'.")]
    [InlineData("sweeps/abc", HttpStatusCode.NotFound, "'abc' is too short")]
    [InlineData("sweeps/ffffffff", HttpStatusCode.NotFound, "There is no sweep 'ffffffff'")]
    public async Task Question_ThatHasNoAnswer_IsToldWhatIsWrong(string path, HttpStatusCode status, string sentence)
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);

        var answer = await client.GetAsync($"/api/v1/{path}");

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain(sentence);
    }

    [Fact]
    public async Task Events_FromTheLastSeen_AreThoseThatFollowToTheEnd()
    {
        (await NumbersAsync(null)).ShouldBe(["1", "2", "3"]);
        (await NumbersAsync("2")).ShouldBe(["3"]);

        async Task<string[]> NumbersAsync(string? lastSeen)
        {
            using var client = server.Client(server.Secrets[AccessRole.Viewer]);
            if (lastSeen is not null)
                client.DefaultRequestHeaders.Add("Last-Event-ID", lastSeen);
            var text = await client.GetStringAsync("/api/v1/sweeps/latest/events").WaitAsync(Patience);
            text.ShouldContain("\"cell\":\"ours\"");
            return [.. text.Split('\n').Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => line[4..])];
        }
    }

    [Fact]
    public async Task Queue_OfTheCluster_SaysWhyJobsWaitAndSinceWhen()
    {
        var since = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var unfinished = (await server.Sweep.GetStatus())! with
        {
            Waiting = ImmutableSortedDictionary<string, int>.Empty.Add("a reason", 2).Add("no device is connected", 5),
            WaitingSince = ImmutableSortedDictionary<string, DateTimeOffset>.Empty.Add("no device is connected", since),
        };
        server.Sweep.GetUnfinished(Arg.Any<CancellationToken>()).Returns(unfinished);
        var queue = await GetAsync("queue");
        // It is asked once a second.
        using var patience = new CancellationTokenSource(Patience);
        for (; queue.GetProperty("waiting").GetArrayLength() == 0; queue = await GetAsync("queue"))
            await Task.Delay(100, patience.Token);

        (
            queue.GetProperty("queued").GetInt32(),
            queue.GetProperty("running").GetInt32(),
            queue.GetProperty("deviceSeconds").GetDouble()
        ).ShouldBe((3, 1, 30));
        (queue.GetProperty("oldestWaitingSeconds").GetDouble(), queue.GetProperty("oldestRunningSeconds").GetDouble()).ShouldBe((7, 5));
        queue
            .GetProperty("waiting")
            .EnumerateArray()
            .Select(row =>
                (
                    row.GetProperty("sweep").GetString(),
                    row.GetProperty("name").GetString(),
                    row.GetProperty("reason").GetString(),
                    row.GetProperty("jobs").GetInt32(),
                    row.GetProperty("since").GetString()
                )
            )
            .ShouldBe([
                (server.Plan.Id, "faces", "no device is connected", 5, "2026-01-02T03:04:05+00:00"),
                (server.Plan.Id, "faces", "a reason", 2, null),
            ]);
    }

    [Fact]
    public async Task Devices_OfTheCluster_TellWhatTheyHold()
    {
        var device = (await GetAsync("devices")).GetProperty("devices").EnumerateArray().ShouldHaveSingleItem();

        (
            device.GetProperty("busyShare").GetDouble(),
            device.GetProperty("memoryBytes").GetInt64(),
            device.GetProperty("batchBytes").ValueKind
        ).ShouldBe((0.5, 1_000, JsonValueKind.Null));
        device.GetProperty("batch").GetProperty("kind").GetString().ShouldBe("training");
        device.GetProperty("batch").GetProperty("sweepIds").EnumerateArray().Select(id => id.GetString()).ShouldBe([server.Plan.Id]);
    }

    [Fact]
    public async Task Steering_ByAnOperator_ReachesTheSweep()
    {
        using var client = server.Client(server.Secrets[AccessRole.Operator]);

        (await client.PostAsync("/api/v1/sweeps/latest/cancel", null)).EnsureSuccessStatusCode();
        (await client.PostAsync("/api/v1/sweeps/latest/resume", null)).EnsureSuccessStatusCode();
        var changed = await (
            await client.PutAsJsonAsync("/api/v1/sweeps/latest/priority", new { priority = 7 })
        ).Content.ReadFromJsonAsync<JsonElement>();

        await server.Sweep.Received().Cancel(Arg.Any<CancellationToken>());
        await server
            .Sweep.Received()
            .Start(
                Arg.Is<Abstractions.Sweeps.SweepPlan>(plan => plan.Id == server.Plan.Id),
                Arg.Any<string?>(),
                Arg.Any<CancellationToken>()
            );
        changed.GetProperty("status").GetProperty("priority").GetInt32().ShouldBe(7);
    }

    /// <summary>What nobody has foreseen is in the silo's log, and not in the answer.</summary>
    [Fact]
    public async Task Failure_ThatIsNobodysFault_IsToldWithoutItsInside()
    {
        using var client = server.Client(server.Secrets[AccessRole.Operator]);
        server
            .Sweep.SetPriority(-99, Arg.Any<CancellationToken>())
            .Returns<Abstractions.Sweeps.SweepStatus>(_ => throw new InvalidOperationException("the inside"));

        var answer = await client.PutAsJsonAsync("/api/v1/sweeps/latest/priority", new { priority = -99 });

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("The silo failed to answer this; its log says why.");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("inside");
        server.Log.All.ShouldContain(line =>
            line.Contains("PUT /api/v1/sweeps/latest/priority was not answered.") && line.Contains("the inside")
        );
        server.Log.All.ShouldContain(line => line.Contains("PUT /api/v1/sweeps/latest/priority: 500"));
    }

    /// <summary>The one who asks too often is told so, others are not.</summary>
    [Fact]
    public async Task Requests_MoreThanATokenMayMake_AreRefusedUntilAMomentHasPassed()
    {
        using var eager = server.Client(server.Secrets[AccessRole.Admin]);
        using var other = server.Client(server.Secrets[AccessRole.Viewer]);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => eager.GetAsync("/api/v1/me")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBeGreaterThanOrEqualTo(200);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        (await refused.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("detail")
            .GetString()
            .ShouldBe("Too many requests; wait a second.");
        (await other.GetAsync("/api/v1/me")).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var patience = new CancellationTokenSource(Patience);
        while ((await eager.GetAsync("/api/v1/me")).StatusCode != HttpStatusCode.OK)
            await Task.Delay(100, patience.Token);
    }

    [Fact]
    public async Task OpenApi_Document_HasEveryPath()
    {
        var document = await GetAsync("../../openapi/v1.json");

        document
            .GetProperty("components")
            .GetProperty("securitySchemes")
            .GetProperty("Bearer")
            .GetProperty("scheme")
            .GetString()
            .ShouldBe("bearer");
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
            operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrEmpty();
        document
            .GetProperty("paths")
            .EnumerateObject()
            .Select(path => path.Name)
            .ShouldBe(
                server
                    .Endpoints.OfType<RouteEndpoint>()
                    .Select(route => "/" + route.RoutePattern.RawText!.TrimStart('/'))
                    .Where(path => path.StartsWith("/api/", StringComparison.Ordinal))
                    .Distinct(),
                ignoreOrder: true
            );
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var client = server.Client(server.Secrets[AccessRole.Viewer]);
        return await client.GetFromJsonAsync<JsonElement>($"/api/v1/{path}");
    }
}
