using PmSFC.SiloHost;
using PmSFC.Storage.Tests;

namespace PmSFC.Cluster.Tests;

public sealed class SiloCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_PrintConfig_PrintsAndStartsNothing()
    {
        (await Run("--print-config", "--role", "device", "--store", Path.Combine(_directory.Path, "store"))).ShouldBe(0);

        _output.ToString().ShouldContain("role: device");
        _error.ToString().ShouldBeEmpty();
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--role chief --threads 0", 2)]
    [InlineData("--role chief --threads 0 --print-config", 2)]
    [InlineData("--nonsense", 1)]
    [InlineData("--config none.yaml", 1)]
    [InlineData("--store s3://bucket", 1)]
    [InlineData("--devices cuda:99", 1)]
    [InlineData("--store azure:faces", 1)]
    public async Task Run_BadInput_IsASentenceEachAndExitCodeTwo(string arguments, int sentences)
    {
        (await Run(arguments.Split(' '))).ShouldBe(2);

        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(sentences);
        lines.ShouldAllBe(line => line.StartsWith("error: ") && line.EndsWith('.'));
        Directory.GetFileSystemEntries(_directory.Path).ShouldBeEmpty();
    }

    private Task<int> Run(params string[] arguments) => SiloCommand.RunAsync(arguments, _ => null, _output, _error);
}
