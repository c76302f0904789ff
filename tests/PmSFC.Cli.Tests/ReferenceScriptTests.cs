using System.Diagnostics;
using PmSFC.Cli.Tests.Support;
using PmSFC.Engine.Tests.Support;

namespace PmSFC.Cli.Tests;

/// <summary>The scripts of <c>tests/reference</c>, started by a Python that has none of their modules.</summary>
public sealed class ReferenceScriptTests
{
    [ReferenceFact]
    public async Task EveryScript_PythonWithoutItsModules_SaysInOneSentenceWhatIsMissing()
    {
        var scripts = Directory.GetFiles(Path.Combine(Workshop.Repository, "tests/reference"), "*.py").Where(script => Path.GetFileName(script) != "needs.py").ToList();

        scripts.Count.ShouldBeGreaterThan(10);
        foreach (var script in scripts)
        {
            // -S: without the folder where Debian's modules are.
            using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-S", script, "/tmp"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var error = await python.StandardError.ReadToEndAsync();
            await python.WaitForExitAsync();
            error.ShouldMatch(@"\Aerror: /usr/bin/python3 has no .+; run 'apt-get install python3-.+' as root and then this with /usr/bin/python3\.\n\z", script);
            python.ExitCode.ShouldBe(2, script);
        }
    }
}
