using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class SubspacesListTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public async Task List_OfAnEmptyStore_SaysHowToFindASet()
    {
        _workshop.Write("store/generators/none", "");

        (await Pmsfc.RunAsync(_workshop.Folder, "subspaces", "list", "--store", "store"))
            .ShouldBeDone()
            .ShouldContain("subspaces discover");
    }

    [Fact]
    public async Task List_SetsOfWhichOneIsDamagedAndOneOfALaterFormat_ListsTheOthersAndNamesThese()
    {
        _workshop.Write(
            $"store/subspaces/{Id('a')}/set.json",
            """{"method":"random","splitLayer":3,"labels":[0,1,0],"sizes":[2,1],"settings":{},"seed":7}"""
        );
        _workshop.Write($"store/subspaces/{Id('b')}/set.json", "{");
        _workshop.Write($"store/subspaces/{Id('c')}/set.json", """{"format":9}""");
        _workshop.Write($"store/subspaces/{Id('a')}/asked/20260101t000000000z", "{}");

        var text = (await Pmsfc.RunAsync(_workshop.Folder, "subspaces", "list", "--store", "store")).ShouldBeDone().ReplaceLineEndings(" ");
        foreach (
            var part in (string[])
                [
                    "aaaaaaaa",
                    "random",
                    "(cannot be read)",
                    $"subspaces/{Id('b')}/set.json is not a subspace set",
                    $"subspaces/{Id('c')}/set.json is of format 9",
                ]
        )
            text.ShouldContain(part);
        var json = (await Pmsfc.RunAsync(_workshop.Folder, "subspaces", "list", "--store", "store", "--json")).ShouldBeDone();
        json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
        json.ShouldContain("\"sizes\":[2,1]");
    }

    private static string Id(char digit) => new(digit, 32);
}
