using System.Diagnostics;
using System.Text.Json;
using PmSFC.Engine.Subspaces;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>Runs tests/reference/spectral_clustering.py.</summary>
internal sealed record PythonReference(double[][] Gram, int[] Labels, double Inertia)
{
    public const string Interpreter = "/usr/bin/python3";

    public static PythonReference Ask(AffinityMatrix affinity, int clusters)
    {
        var script = Path.Combine(Repository.Root, "tests", "reference", "spectral_clustering.py");
        using var python = Process.Start(
            new ProcessStartInfo(Interpreter, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var rows = Enumerable.Range(0, affinity.Size).Select(i => Enumerable.Range(0, affinity.Size).Select(j => affinity[i, j]));
        python.StandardInput.Write(JsonSerializer.Serialize(new { affinity = rows, clusters }));
        python.StandardInput.Close();
        var answer = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        python.ExitCode.ShouldBe(0);
        return JsonSerializer.Deserialize<PythonReference>(answer, JsonSerializerOptions.Web)!;
    }
}
