using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace PmSFC.Cluster.Tests.Page;

/// <summary>A headless Chromium, and what its pages complain about.</summary>
public sealed class Browser : INeed, IAsyncLifetime
{
    private const string Executable = "/usr/bin/chromium";

    private static readonly string Axe = Path.Combine(Repository.Root, ".tools", "node_modules", "axe-core", "axe.min.js");

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>What is missing for tests in a browser, or null.</summary>
    public static string? Missing { get; } =
        !File.Exists(Executable) ? $"Chromium is missing ({Executable}); install the package chromium to test the page."
        : !File.Exists(Axe) ? "axe-core is missing (.tools/node_modules/axe-core); ./test.sh installs it with npm."
        : null;

    /// <summary>What pages have written to the console as errors, refused by their policy or thrown.</summary>
    public ConcurrentQueue<string> Complaints { get; } = [];

    public async Task InitializeAsync()
    {
        if (Missing is not null)
            return;
        _playwright = await Playwright.CreateAsync();
        // The tests run as root in containers, where Chromium has no sandbox.
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Executable,
                Args = ["--no-sandbox"],
                Timeout = 120_000,
            }
        );
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Closes all windows, whose pages would go on asking and painting.</summary>
    public async Task CloseWindowsAsync()
    {
        foreach (var context in _browser?.Contexts.ToArray() ?? [])
            await context.CloseAsync();
    }

    /// <summary>Opens a window of a new visitor.</summary>
    public async Task<IPage> OpenAsync(int port, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = $"http://127.0.0.1:{port}",
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(60_000);
        page.Console += (_, message) =>
        {
            // What is refused or not there yet is told on the page; the browser writes such answers to the console by itself.
            if (message.Type == "error" && !message.Text.Contains("status of 4", StringComparison.Ordinal))
                Complaints.Enqueue(message.Text);
        };
        page.PageError += (_, failure) => Complaints.Enqueue(failure);
        return page;
    }

    /// <summary>Opens a window of somebody who is signed in.</summary>
    public async Task<IPage> SignInAsync(int port, string secret, ColorScheme scheme = ColorScheme.Light, int width = 1280)
    {
        var page = await OpenAsync(port, scheme, width);
        await page.GotoAsync("/");
        await page.GetByLabel("Your token").FillAsync(secret);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).WaitForAsync();
        return page;
    }

    /// <summary>What axe-core finds wrong with a page, a line each (WCAG 2.2 A and AA, and best practices).</summary>
    /// <param name="page">The page.</param>
    /// <param name="rules">What to look at; everything where none is named.</param>
    public static async Task<IReadOnlyList<string>> ViolationsAsync(IPage page, params string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("'axe' in window"))
            await page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        var found = await page.EvaluateAsync<JsonElement>(
            "async rules => (await axe.run(rules.length > 0 ? { runOnly: rules } : {})).violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)",
            rules
        );
        return [.. found.EnumerateArray().Select(line => line.GetString()!)];
    }
}
