using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using PmSFC.Cli.Tests.Support;
using PmSFC.Cluster.Tests.Support;
using PmSFC.Connections;
using PmSFC.Silo.Tests.Support;
using PmSFC.Storage;
using Xunit.Abstractions;

namespace PmSFC.Cluster.Tests.Page;

/// <summary>The page of real silos: somebody who never opens a terminal starts a sweep, watches it while a silo dies, and stops it.</summary>
public sealed class PageOfAClusterTests(Workshop workshop, Browser browser, ITestOutputHelper output)
    : IClassFixture<Workshop>,
        IClassFixture<Browser>
{
    private const string Cluster = "page";

    // The page asks again every few seconds, and a lease must run out before a dead silo's work goes on.
    private const float Patience = 180_000;

    [FactNeeding<Browser>]
    public async Task Sweep_FromThePage_IsStartedWatchedThroughASilosDeathAndCancelled()
    {
        var clock = Stopwatch.StartNew();
        var (token, secret) = AccessToken.Create("anna", AccessRole.Operator);
        var tokens = workshop.Write("tokens", $"{token}\n");
        var store = workshop.PathOf("store");
        await TinyGenerator.Store(new DirectoryArtifactStore(store));
        (
            await Pmsfc.RunAsync(
                workshop.Folder,
                "images",
                "import",
                workshop.WritePictures("faces", 3),
                "--name",
                "faces",
                "--store",
                store
            )
        ).ShouldBeDone();
        var slowly = new IterationCount(workshop.PathOf("iterations"), rest: TimeSpan.FromMilliseconds(20)).Environment;
        using var control = Silo("control", "--access", tokens);
        await control.ReadyAsync();
        using var first = Silo("device");
        await first.ReadyAsync();
        var page = await browser.SignInAsync(control.WebPort, secret);
        page.SetDefaultTimeout(Patience);

        await page.GetByRole(AriaRole.Link, new() { Name = "New sweep" }).ClickAsync();
        await page.GetByLabel("The spec, in YAML")
            .FillAsync(
                "name: by hand\ngenerator: tiny\nimages: set:faces\nmethods:\n  - method: mganprior\n    settings: { iterations: many, codes: 2, perceptual: none }\n"
            );
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "spec:6:17" }).WaitForAsync();
        await page.GetByLabel("The spec, in YAML")
            .FillAsync(
                "name: by hand\ngenerator: tiny\nimages: set:faces\nmethods:\n  - method: mganprior\n    settings: { iterations: 1000000, codes: 2, perceptual: none }\n"
            );
        await page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await page.GetByText("It can be started.").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "by hand" }).WaitForAsync();

        // What the picture shows changes, and the page asks for it by itself.
        var before = await PreviewAsync(page);
        await page.WaitForFunctionAsync(
            "before => [...document.querySelectorAll('.card img')].some(img => img.complete && img.naturalWidth > 0 && img.src.includes('preview') && img.src !== before)",
            before
        );
        var begun = await IterationAsync(page);

        await first.KillAsync();
        Say("its silo is killed");
        await page.GetByText("its worker was lost").First.WaitForAsync();
        Say("it is seen to be lost");
        using var second = Silo("device");
        await page.Locator(".card").First.WaitForAsync();
        await page.WaitForFunctionAsync("device => document.querySelector('main').textContent.includes(device)", second.Device);
        try
        {
            (await IterationAsync(page)).ShouldBeGreaterThan(0);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(
                $"{e.Message}\n{await page.InnerTextAsync("main")}\n--- control\n{control.Log}\n--- device\n{second.Log}",
                e
            );
        }

        begun.ShouldBeGreaterThan(0);
        Say("another goes on");

        await page.GetByRole(AriaRole.Link, new() { Name = "Devices" }).ClickAsync();
        await page.GetByRole(AriaRole.Rowheader, new() { Name = second.Device }).WaitForAsync();
        await page.GoBackAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the sweep" }).ClickAsync();
        await page.Locator(".state.cancelled").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume" }).WaitForAsync();
        Say("it is cancelled");

        control.Log.ShouldContain("anna at 127.0.0.1: POST /api/v1/sweeps: 201");
        control.Log.ShouldNotContain(secret);
        // The API may say so while what a dead silo held comes up elsewhere, and the page asks again.
        browser.Complaints.Where(complaint => !complaint.Contains("status of 503", StringComparison.Ordinal)).ShouldBeEmpty();

        void Say(string what) =>
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds, 6:0.0} s: {what}"));

        SiloProcess Silo(string role, params IEnumerable<string> arguments) =>
            SiloProcess.Start(
                workshop.Folder,
                slowly,
                role,
                Ports.Free(3),
                SiloPlace.Here,
                ["--cluster", Cluster, "--store", store, "--lease", "9", "--checkpoint-every", "1", .. arguments]
            );
    }

    private static async Task<string> PreviewAsync(IPage page)
    {
        var found = await page.WaitForFunctionAsync(
            "() => [...document.querySelectorAll('.card img')].find(img => img.complete && img.naturalWidth > 0 && img.src.includes('preview'))?.src"
        );
        return await found.JsonValueAsync<string>();
    }

    private static async Task<int> IterationAsync(IPage page)
    {
        var found = await page.WaitForFunctionAsync("() => document.querySelector('.card')?.textContent.match(/iteration (\\d+)/)?.[1]");
        return int.Parse(await found.JsonValueAsync<string>(), CultureInfo.InvariantCulture);
    }
}
