using System.Reflection;
using PublicApiGenerator;

namespace PmSFC.Cluster.Tests.Architecture;

/// <summary>
/// The public API of what others build on, as approved in the folder <c>PublicApi</c>, so that a change is seen in review.
/// <c>PMSFC_API=1</c> approves what there is.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        DenyNamespacePrefixes = ["OrleansCodeGen"],
    };

    private static readonly string Approved = typeof(PublicApiTests)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(entry => entry.Key == "PublicApi")
        .Value!;

    [Theory]
    [InlineData("PmSFC.Abstractions")]
    [InlineData("PmSFC.Client")]
    [InlineData("PmSFC.Engine")]
    [InlineData("PmSFC.Storage")]
    public void Api_OfALibrary_IsTheApprovedOne(string name)
    {
        var path = Path.Combine(Approved, $"{name}.txt");
        var api = Assembly.Load(name).GeneratePublicApi(Options).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("PMSFC_API") == "1")
        {
            Directory.CreateDirectory(Approved);
            File.WriteAllText(path, api);
        }

        var approved = File.ReadAllText(path).Split('\n');
        var found = api.Split('\n');
        found
            .Except(approved)
            .Select(line => $"+ {line.Trim()}")
            .Concat(approved.Except(found).Select(line => $"- {line.Trim()}"))
            .ShouldBeEmpty(
                $"the public API of {name} has changed; where that is meant, run this test with PMSFC_API=1 and commit the file"
            );
        api.ShouldBe(
            File.ReadAllText(path),
            $"lines of the public API of {name} have moved: run this test with PMSFC_API=1 and commit the file"
        );
    }
}
