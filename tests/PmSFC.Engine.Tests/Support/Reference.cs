using System.Diagnostics;
using System.Text.Json;

namespace PmSFC.Engine.Tests.Support;

/// <summary>Runs tests/reference/engine_reference.py where Debian's python3-torch is installed.</summary>
internal static class Reference
{
    private const string Python = "/usr/bin/python3";

    public static bool IsAvailable { get; } = File.Exists(Python) && Execute("-c", "import torch, numpy").ExitCode == 0;

    public static float[] Run(byte[] generator, byte[] discriminator, byte[] problem, string result) =>
        Run("engine_reference.py", result, generator, discriminator, problem);

    /// <summary>One list of numbers of the JSON that a script of tests/reference prints about files.</summary>
    public static float[] Run(string script, string result, params byte[][] contents)
    {
        var folder = Directory.CreateTempSubdirectory("pmsfc-reference-");
        try
        {
            var files = contents.Select((content, i) =>
            {
                var path = Path.Combine(folder.FullName, $"{i}.safetensors");
                File.WriteAllBytes(path, content);
                return path;
            });
            var (exitCode, output, error) = Execute([Path.Combine(Repository.Root, "tests/reference", script), .. files]);
            exitCode.ShouldBe(0, error);
            using var json = JsonDocument.Parse(output);
            return [.. json.RootElement.GetProperty(result).EnumerateArray().Select(value => value.GetSingle())];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The JSON that another script of tests/reference prints.</summary>
    public static JsonElement Ask(string script, params string[] arguments)
    {
        var (exitCode, output, error) = Execute([Path.Combine(Repository.Root, "tests/reference", script), .. arguments]);
        exitCode.ShouldBe(0, error);
        using var json = JsonDocument.Parse(output);
        return json.RootElement.Clone();
    }

    private static (int ExitCode, string Output, string Error) Execute(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
