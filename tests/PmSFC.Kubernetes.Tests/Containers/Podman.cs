using System.Diagnostics;

namespace PmSFC.Kubernetes.Tests.Containers;

/// <summary>The <c>podman</c> of this machine.</summary>
internal abstract class Podman : INeed
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Why no containers run here, or null where they do: podman must be there, and have the images that the manifests name.</summary>
    public static string? Missing { get; } = WhatIsMissing();

    /// <summary>Runs it to its end.</summary>
    /// <returns>Its output, of both streams.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static string Run(params IEnumerable<string> arguments)
    {
        var (code, output) = Try(Patience, arguments);
        return code == 0
            ? output.Trim()
            : throw new InvalidOperationException($"podman {string.Join(' ', arguments)} ended with {code}: {output}");
    }

    /// <summary>Runs it to its end, be that good or bad.</summary>
    public static (int Code, string Output) Try(TimeSpan longest, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo("podman", arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (process.WaitForExit(longest))
            return (process.ExitCode, output.Result + error.Result);
        process.Kill();
        throw new TimeoutException($"podman {string.Join(' ', arguments)} did not end within {longest.TotalSeconds} s");
    }

    private static string? WhatIsMissing()
    {
        if (Kubectl.Missing is { } reason)
            return reason;
        if (
            !(Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, "podman")))
        )
            return "podman is not on the PATH, so no container runs.";
        string[] images =
        [
            .. new Rendering(Manifests.Render("components/nightly"))
                .Pods.Select(pod => pod.Container.Image)
                .Append(ContainerCluster.AzuriteImage())
                .Distinct(),
        ];
        return images.FirstOrDefault(image => Try(Patience, "image", "exists", image).Code != 0) is { } missing
            ? $"podman has no image {missing}, so no container runs; docs/kubernetes.md says how the images are made."
            : null;
    }
}
