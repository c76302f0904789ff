using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Playwright;
using NSubstitute;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Preparations;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cluster.Tests.Api;
using PmSFC.Connections;

namespace PmSFC.Cluster.Tests.Page;

/// <summary>The page before grains that are made up.</summary>
public sealed class PageTests : IClassFixture<ApiServer>, IClassFixture<Browser>, IAsyncLifetime
{
    private readonly ApiServer _server;
    private readonly Browser _browser;

    public PageTests(ApiServer server, Browser browser)
    {
        (_server, _browser) = (server, browser);
        var status = StatusOf(server.Plan);
        server.Sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(status);
        server.Sweep.Cancel(Arg.Any<CancellationToken>()).Returns(status with { Finished = true, State = SweepState.Cancelled });
        server
            .Sweep.Watch(Arg.Any<long>(), Arg.Any<CancellationToken>())
            .Returns(call => NothingMore(server.Plan, call.Arg<long>(), call.Arg<CancellationToken>()));
        browser.Complaints.Clear();
    }

    private string Here => $"#/sweeps/{_server.Plan.Id}";

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _browser.CloseWindowsAsync();

    [FactNeeding<Browser>]
    public async Task Operator_WhoSignsIn_CancelsByKeyboardAndSignsOut()
    {
        _server.Sweep.ClearReceivedCalls();
        var page = await _browser.SignInAsync(_server.Port, _server.Secrets[AccessRole.Operator]);
        await page.GetByRole(AriaRole.Link, new() { Name = "faces" }).PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "faces" }).WaitForAsync();
        (await page.EvaluateAsync<string>("document.activeElement.id")).ShouldBe(
            "content",
            "who uses a keyboard goes on where the view begins"
        );

        await TabToAsync(page, "Cancel");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Dialog).WaitForAsync();
        (await page.EvaluateAsync<string>("document.activeElement.textContent")).ShouldBe("No");
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Dialog).WaitForAsync(new() { State = WaitForSelectorState.Detached });
        (await _server.Sweep.DidNotReceive().Cancel(Arg.Any<CancellationToken>())).ShouldBeNull();
        await TabToAsync(page, "Cancel");
        await page.Keyboard.PressAsync("Enter");
        await TabToAsync(page, "Cancel the sweep");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Cancelled." }).WaitForAsync();
        await _server.Sweep.Received(1).Cancel(Arg.Any<CancellationToken>());

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.GetByLabel("Your token").WaitForAsync();
        (await page.Context.CookiesAsync()).ShouldBeEmpty();
        await page.ReloadAsync();
        await page.GetByLabel("Your token").WaitForAsync();
        string.Join(" | ", _browser.Complaints).ShouldBeEmpty();
    }

    [FactNeeding<Browser>]
    public async Task Viewer_LooksAtEverything_AndIsOfferedNoChange()
    {
        var page = await _browser.SignInAsync(_server.Port, _server.Secrets[AccessRole.Viewer]);

        await page.GotoAsync($"/{Here}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Jobs" }).WaitForAsync();
        foreach (var button in (string[])["Cancel", "Pause", "Resume", "Set"])
            (await page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).CountAsync()).ShouldBe(0, button);
        (await page.GetByRole(AriaRole.Link, new() { Name = "New sweep" }).CountAsync()).ShouldBe(0);
        await page.GetByText("the loss is not finite").WaitForAsync();
        await page.GetByText("no device has 9 GiB").WaitForAsync();
        // One who goes past the buttons is told so.
        (
            await page.EvaluateAsync<int>(
                "async path => (await fetch(path, { method: 'POST' })).status",
                $"/api/v1/sweeps/{_server.Plan.Id}/cancel"
            )
        ).ShouldBe(403);
        (await page.EvaluateAsync<string>("document.cookie")).ShouldBeEmpty("no script reads the token");
    }

    [FactNeeding<Browser>]
    public async Task SignIn_WithATokenThatIsNotKnown_SaysSo()
    {
        var page = await _browser.OpenAsync(_server.Port);
        await page.GotoAsync("/");
        await page.GetByLabel("Your token").FillAsync("nonsense");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "Show a token that this silo knows" }).WaitForAsync();
    }

    /// <summary>Every view, in both colours, at the width that a window of 1280 pixels has at 200 %.</summary>
    [FactNeeding<Browser>]
    public async Task Views_AllThatThereAre_HaveNoViolationAndFitANarrowWindow()
    {
        var job = _server.Plan.Jobs().First().Spec.Id;
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
        {
            // Nothing but the colours differs in the dark.
            string[] rules = scheme == ColorScheme.Light ? [] : ["color-contrast"];
            var stranger = await _browser.OpenAsync(_server.Port, scheme, 640);
            await stranger.GotoAsync("/");
            await stranger.GetByLabel("Your token").WaitForAsync();
            (await Browser.ViolationsAsync(stranger, rules)).ShouldBeEmpty($"sign in, {scheme}");

            var page = await _browser.SignInAsync(_server.Port, _server.Secrets[AccessRole.Operator], scheme, 640);
            foreach (
                var (view, text) in new[]
                {
                    ("#/", "faces"),
                    (Here, "face 1.png"),
                    ($"{Here}/jobs/{job}", "Loss 2.5"),
                    ("#/devices", "cpu"),
                    ("#/queue", "Why sweeps wait"),
                    ("#/submit", "The spec, in YAML"),
                    ("#/none", "Nothing is here"),
                }
            )
            {
                await page.GotoAsync($"/{view}");
                await page.GetByText(text).First.WaitForAsync();
                (await Browser.ViolationsAsync(page, rules)).ShouldBeEmpty($"{view}, {scheme}");
                (
                    await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                ).ShouldBeLessThanOrEqualTo(0, $"{view} is wider than the window");
            }

            (await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('main')).transitionDuration")).ShouldBe("0s");
            // The search finds what is there.
            await page.EvaluateAsync(
                "colour => document.querySelector('h1').style.color = colour",
                scheme == ColorScheme.Light ? "#eee" : "#222"
            );
            (await Browser.ViolationsAsync(page, rules)).ShouldHaveSingleItem().ShouldStartWith("color-contrast");
        }

        string.Join(" | ", _browser.Complaints).ShouldBeEmpty();
    }

    /// <summary>The last jobs end in the moment in which the sweep does.</summary>
    [FactNeeding<Browser>]
    public async Task Sweep_ThatEnds_IsShownWithTheEndsOfItsLastJobs()
    {
        await using var server = new ApiServer();
        var job = server.Plan.Jobs().First().Spec.Id;
        var status = StatusOf(server.Plan);
        var (page, changes) = await ShowAsync(server, status);
        var row = page.GetByRole(AriaRole.Row).Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = "face 0.png" }) }).First;
        await row.Filter(new() { HasText = "queued" }).WaitForAsync();
        changes.TryWrite(EventOf(4) with { Job = RunningJob(job, 99) });
        await row.Filter(new() { HasText = "99/100" }).WaitForAsync();

        var ended = new JobStatus
        {
            Id = job,
            State = JobState.Succeeded,
            Attempts = 1,
        };
        server.Grains.GetGrain<IInversionJobGrain>(job).GetStatus(Arg.Any<CancellationToken>()).Returns(ended);
        server
            .Sweep.GetStatus(Arg.Any<CancellationToken>())
            .Returns(status with { Finished = true, State = SweepState.Finished, Sequence = 6, Running = [] });
        changes.TryWrite(EventOf(5) with { Job = ended });
        changes.TryWrite(EventOf(6) with { Finished = true });

        await page.Locator(".facts .state.finished").WaitForAsync();
        await row.Filter(new() { HasText = "done" }).WaitForAsync();
        await page.CloseAsync();
    }

    /// <summary>A stream that is open and says nothing more, as one of a silo that hangs, hides nothing that the page learns otherwise.</summary>
    [FactNeeding<Browser>]
    public async Task Card_OfAJobThatTheStreamIsSilentAbout_ShowsWhatThePageHasAskedForSince()
    {
        await using var server = new ApiServer();
        var job = server.Plan.Jobs().ElementAt(1).Spec.Id;
        var status = StatusOf(server.Plan) with { Running = [RunningJob(job, 50)] };
        var (page, changes) = await ShowAsync(server, status);
        var card = page.Locator(".card");
        await card.Filter(new() { HasText = "iteration 50 of 100" }).WaitForAsync();

        server.Sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(status with { Running = [RunningJob(job, 77)] });
        changes.TryWrite(
            EventOf(4) with
            {
                Job = new JobStatus
                {
                    Id = job,
                    State = JobState.Running,
                    Attempts = 2,
                },
            }
        );

        await card.Filter(new() { HasText = "iteration 77 of 100" }).WaitForAsync();
        await card.Filter(new() { HasText = "face 1.png" }).WaitForAsync();
        await page.CloseAsync();
    }

    [FactNeeding<Browser>]
    public async Task Reference_OfTheApi_IsShownByThisSiloAlone()
    {
        var page = await _browser.SignInAsync(_server.Port, _server.Secrets[AccessRole.Viewer]);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);

        await page.GetByRole(AriaRole.Link, new() { Name = "API" }).ClickAsync();
        await page.WaitForFunctionAsync("() => document.body.innerText.includes('/api/v1/session')");
        asked.ShouldAllBe(url =>
            url.StartsWith($"http://127.0.0.1:{_server.Port}/", StringComparison.Ordinal)
            || url.StartsWith("data:", StringComparison.Ordinal)
            || url.StartsWith("blob:", StringComparison.Ordinal)
        );
        string.Join(" | ", _browser.Complaints).ShouldBeEmpty();
    }

    /// <summary>A token in an address is in no request, and not in what others see over one's shoulder.</summary>
    [FactNeeding<Browser>]
    public async Task Address_WithAToken_SignsInAndLosesIt()
    {
        var page = await _browser.OpenAsync(_server.Port);
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);

        await page.GotoAsync($"/#token={_server.Secrets[AccessRole.Operator]}/sweeps/{_server.Plan.Id}");
        await page.GetByRole(AriaRole.Heading, new() { Name = "faces" }).WaitForAsync();

        page.Url.ShouldEndWith($"/#/sweeps/{_server.Plan.Id}");
        asked.ShouldAllBe(url => !url.Contains(_server.Secrets[AccessRole.Operator]));
        string.Join(" | ", _browser.Complaints).ShouldBeEmpty();
    }

    internal static SweepStatus StatusOf(SweepPlan plan)
    {
        var running = plan.Jobs().Skip(1).Take(4).Select(job => RunningJob(job.Spec.Id, 50));
        return new SweepStatus
        {
            Id = plan.Id,
            Name = plan.Name,
            Finished = false,
            Sequence = 3,
            Running = [.. running],
            Preparations =
            [
                new PreparationStatus
                {
                    Id = "0123456789abcdef0123456789abcdef",
                    State = JobState.Running,
                    Progress = new JobProgress
                    {
                        Iteration = 5,
                        Iterations = 10,
                        Loss = 1,
                        IterationsPerSecond = 1,
                    },
                },
            ],
            Cells =
            [
                .. plan.Cells.Select(cell => new CellStatus
                {
                    Label = cell.Label,
                    Jobs = ImmutableSortedDictionary<JobState, int>
                        .Empty.Add(JobState.Queued, plan.Images.Length / 2)
                        .Add(JobState.Succeeded, plan.Images.Length / 4)
                        .Add(JobState.Failed, plan.Images.Length / 4),
                }),
            ],
            Waiting = ImmutableSortedDictionary<string, int>.Empty.Add("no device has 9 GiB", 7),
            Failures = ImmutableSortedDictionary<FailureName, int>.Empty.Add(FailureName.Diverged, 3),
            Problems = ImmutableSortedDictionary<string, int>.Empty.Add("Diverged: the loss is not finite", 3),
        };
    }

    /// <summary>
    /// Shows the sweep of a server that is not up yet. The page must be closed before the server ends, of whose end it would complain into the next test.
    /// </summary>
    private async Task<(IPage Page, ChannelWriter<SweepEvent> Changes)> ShowAsync(ApiServer server, SweepStatus status)
    {
        server.Sweep.GetStatus(Arg.Any<CancellationToken>()).Returns(status);
        var changes = server.TellOfJobs();
        await server.InitializeAsync();
        var page = await _browser.SignInAsync(server.Port, server.Secrets[AccessRole.Viewer]);
        await page.GotoAsync($"/#/sweeps/{server.Plan.Id}");
        return (page, changes);
    }

    private static SweepEvent EventOf(long sequence) => new() { Sequence = sequence, At = DateTimeOffset.UnixEpoch };

    internal static JobStatus RunningJob(string id, int iteration) =>
        new()
        {
            Id = id,
            State = JobState.Running,
            Attempts = 1,
            Device = "cpu",
            Progress = new JobProgress
            {
                Iteration = iteration,
                Iterations = 100,
                Loss = 0.5,
                IterationsPerSecond = 2,
            },
        };

    private static async IAsyncEnumerable<SweepEvent> NothingMore(
        SweepPlan plan,
        long after,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation
    )
    {
        if (after < 3)
            foreach (var (number, job) in plan.Jobs().Index())
                yield return new SweepEvent
                {
                    Sequence = 3,
                    At = DateTimeOffset.UnixEpoch,
                    Job = number is > 0 and < 5
                        ? RunningJob(job.Spec.Id, 50)
                        : new JobStatus
                        {
                            Id = job.Spec.Id,
                            State = JobState.Queued,
                            Attempts = 0,
                        },
                };
        await Task.Delay(Timeout.Infinite, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task TabToAsync(IPage page, string button)
    {
        for (var presses = 0; await page.EvaluateAsync<string>("document.activeElement.textContent") != button; presses++)
        {
            presses.ShouldBeLessThan(60, $"no key reaches '{button}'");
            await page.Keyboard.PressAsync("Tab");
        }
    }
}
