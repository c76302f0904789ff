using System.Text;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

/// <summary>A store that a later version has worked on: one sentence, exit code 2, and nothing is changed.</summary>
public sealed class LaterFormatTests : IDisposable
{
    private const string Id = "00112233445566778899aabbccddeeff";

    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("sweep", "status")]
    [InlineData("sweep", "report")]
    [InlineData("sweep", "resume")]
    public async Task Sweep_PlanOfALaterFormat_IsBadInput(params string[] command)
    {
        var name = $"sweeps/{Id}/plan.json";
        var file = _workshop.Write($"store/{name}", """{"format":2,"cells":"elsewhere"}""");

        var error = (await Pmsfc.RunAsync(_workshop.Folder, [.. command, "--store", "store"])).ShouldBeBadInput();

        error
            .TrimEnd()
            .ShouldBe(
                $"error: {name} is of format 2, which a later version of this product wrote, and this one reads formats up to 1: use that version; nothing was changed."
            );
        File.ReadAllText(file, Encoding.UTF8).ShouldBe("""{"format":2,"cells":"elsewhere"}""");
    }

    [Fact]
    public async Task Lists_PlanOrCardOfALaterFormat_NameItBesideTheOthers()
    {
        _workshop.Write($"store/generators/{Id}/card.json", """{"format":3}""");
        _workshop.Write($"store/sweeps/{Id}/plan.json", """{"format":2}""");
        _workshop.Write($"store/sweeps/{Id[..31]}a/plan.json", "");

        var generators = (await Pmsfc.RunAsync(_workshop.Folder, "generators", "list", "--store", "store")).ShouldBeDone();
        generators.ShouldContain("celeba64-pggan");
        generators.ReplaceLineEndings(" ").ShouldContain($"generators/{Id}/card.json is of format 3");
        var sweeps = await Pmsfc.RunAsync(_workshop.Folder, "sweep", "list", "--store", "store", "--json");
        sweeps.ShouldBeDone();
        var problems = sweeps.JsonLines.Select(line => line.GetProperty("problem").GetString()!).Order().ToArray();
        problems[0].ShouldContain($"sweeps/{Id[..31]}a/plan.json in directory");
        problems[1].ShouldContain("is of format 2");
    }
}
