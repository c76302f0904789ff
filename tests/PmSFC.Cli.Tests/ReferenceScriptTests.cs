namespace PmSFC.Cli.Tests;

/// <summary>The scripts of <c>tests/reference</c>, started by a Python that has none of their modules.</summary>
public sealed class ReferenceScriptTests
{
    [FactNeeding<Reference.WithTorch>]
    public void EveryScript_PythonWithoutItsModules_SaysInOneSentenceWhatIsMissing()
    {
        var scripts = Directory
            .GetFiles(Path.Combine(Repository.Root, "tests/reference"), "*.py")
            .Where(script => Path.GetFileName(script) != "needs.py")
            .ToList();

        scripts.Count.ShouldBeGreaterThan(10);
        foreach (var script in scripts)
        {
            // -S: without the folder where Debian's modules are.
            var python = Reference.Python(Path.GetTempPath(), "-S", script, "/tmp");
            python.Error.ShouldMatch(
                @"\Aerror: /usr/bin/python3 has no .+; run 'apt-get install python3-.+' as root and then this with /usr/bin/python3\.\n\z",
                script
            );
            python.ExitCode.ShouldBe(2, script);
        }
    }
}
