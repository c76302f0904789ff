using System.Text.Json;
using PmSFC.Engine.Subspaces;

namespace PmSFC.Engine.Tests.Subspaces;

/// <summary>Runs tests/reference/spectral_clustering.py.</summary>
internal sealed record PythonReference(double[][] Gram, int[] Labels, double Inertia)
{
    public static PythonReference Ask(AffinityMatrix affinity, int clusters)
    {
        var rows = Enumerable.Range(0, affinity.Size).Select(i => Enumerable.Range(0, affinity.Size).Select(j => affinity[i, j]));
        var answer = Reference.RunScript("spectral_clustering.py", [], JsonSerializer.Serialize(new { affinity = rows, clusters }));
        return JsonSerializer.Deserialize<PythonReference>(answer, JsonSerializerOptions.Web)!;
    }
}
