using System.Diagnostics;
using System.Text.Json;

namespace PmSFC.Testing;

/// <summary>Debian's Python with the scripts of <c>tests/reference</c>, which compute by numpy, Pillow and PyTorch what the product computes.</summary>
public static class Reference
{
    internal const string Interpreter = "/usr/bin/python3";

    /// <summary>Whether it has PyTorch and numpy.</summary>
    public static bool IsAvailable => WithTorch.Missing is null;

    /// <summary>One list of numbers of what <c>engine_reference.py</c> prints about a problem.</summary>
    public static float[] Run(byte[] generator, byte[] discriminator, byte[] problem, string result) =>
        Run("engine_reference.py", result, generator, discriminator, problem);

    /// <summary>One list of numbers of the JSON that a script prints about files.</summary>
    public static float[] Run(string script, string result, params byte[][] contents)
    {
        using var folder = new TemporaryDirectory();
        string[] files = [.. contents.Select((_, i) => Path.Combine(folder.Path, $"{i}.safetensors"))];
        foreach (var (file, content) in files.Zip(contents))
            File.WriteAllBytes(file, content);
        return [.. Ask(script, files).GetProperty(result).EnumerateArray().Select(value => value.GetSingle())];
    }

    /// <summary>The JSON that a script prints.</summary>
    public static JsonElement Ask(string script, params string[] arguments)
    {
        using var json = JsonDocument.Parse(RunScript(script, arguments));
        return json.RootElement.Clone();
    }

    /// <summary>Runs a script, which must succeed.</summary>
    /// <param name="script">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <returns>What it printed.</returns>
    public static string RunScript(string script, IEnumerable<string> arguments, string input = "") =>
        PythonForks.Run(PathOf(script), arguments, input).ShouldSucceed();

    /// <summary>Runs the interpreter itself.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ProcessOutcome Python(string folder, params IEnumerable<string> arguments) =>
        ChildProcess.Run(new ProcessStartInfo(Interpreter, arguments) { WorkingDirectory = folder });

    /// <summary>A script, to be started.</summary>
    public static ProcessStartInfo Start(string script, params IEnumerable<string> arguments) =>
        new(Interpreter, [PathOf(script), .. arguments]);

    private static string PathOf(string script) => Repository.PathOf(Path.Combine("tests/reference", script));

    private static string? Lacks(string reason, params ReadOnlySpan<string> packages)
    {
        if (!File.Exists(Interpreter))
            return reason;
        foreach (var package in packages)
        {
            if (!Directory.Exists($"/usr/lib/python3/dist-packages/{package}"))
                return reason;
        }

        return null;
    }

    /// <summary>Needs numpy.</summary>
    public abstract class WithNumpy : INeed
    {
        /// <inheritdoc/>
        public static string? Missing => Lacks($"The reference needs {Interpreter} with numpy: apt-get install python3-numpy", "numpy");
    }

    /// <summary>Needs numpy and Pillow.</summary>
    public abstract class WithPillow : INeed
    {
        /// <inheritdoc/>
        public static string? Missing =>
            Lacks($"The reference needs {Interpreter} with numpy and Pillow: apt-get install python3-numpy python3-pil", "numpy", "PIL");
    }

    /// <summary>Needs PyTorch and numpy.</summary>
    public abstract class WithTorch : INeed
    {
        /// <inheritdoc/>
        public static string? Missing =>
            Lacks("Needs Debian's python3-torch and python3-numpy: apt-get install python3-torch python3-numpy", "torch", "numpy");
    }

    /// <summary>Needs Dask distributed.</summary>
    public abstract class WithDask : INeed
    {
        /// <inheritdoc/>
        public static string? Missing => Lacks("It needs Dask distributed: apt-get install python3-distributed.", "distributed");
    }
}
