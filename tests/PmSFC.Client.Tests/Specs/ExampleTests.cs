using PmSFC.Client.Specs;

namespace PmSFC.Client.Tests.Specs;

public class ExampleTests
{
    private static readonly string Folder = FindFolder();

    [Fact]
    public void Examples_EveryFile_CanBeRead()
    {
        var files = Directory.GetFiles(Folder, "*.yaml");

        files.ShouldNotBeEmpty();
        foreach (var file in files) SweepFile.Read(file).Generator.ShouldBe("celeba64-pggan");
    }

    [Fact]
    public void Celeba64_HasOneCellForEachMethod()
    {
        var methods = SweepFile.Read(Path.Combine(Folder, "celeba64.yaml")).Methods;

        methods.Select(method => method.Label).ShouldBe(["PmSFC", "mGANprior"]);
        foreach (var method in methods) method.Settings.Values.ShouldAllBe(values => values.Length == 1);
    }

    [Fact]
    public void RandomPartition_RowsOfCeleba64_AreTheSame()
    {
        var reference = SweepFile.Read(Path.Combine(Folder, "celeba64.yaml")).Methods;
        var methods = SweepFile.Read(Path.Combine(Folder, "random-partition.yaml")).Methods;

        methods[0].Settings["codes"].ShouldBe(reference[0].Settings["codes"]);
        methods[0].Subspaces!.Settings["subspaces"].ShouldBe(reference[0].Subspaces!.Settings["subspaces"]);
        methods[1].Subspaces!.SizesOf.ShouldBe(methods[0].Subspaces! with { Settings = methods[1].Subspaces!.SizesOf!.Settings, Seeds = methods[1].Subspaces!.SizesOf!.Seeds });
        methods[1].Subspaces!.Seeds.Length.ShouldBe(3);
    }

    private static string FindFolder()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "PmSFC.Cluster.sln"))) at = at.Parent;
        return Path.Combine(at!.FullName, "examples");
    }
}
