using System.Collections.Immutable;
using PmSFC.Client.Specs;

namespace PmSFC.Client.Tests.Specs;

public class ExampleTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples");

    [Fact]
    public void Examples_EveryFile_CanBeRead()
    {
        var files = Directory.GetFiles(Folder, "*.yaml");

        files.ShouldNotBeEmpty();
        foreach (var file in files)
        {
            var family = file.Contains("stylegan2", StringComparison.Ordinal) ? "stylegan2" : "pggan";
            SweepFile.Read(file).Generator.ShouldBe($"celeba64-{family}");
        }
    }

    [Fact]
    public void Celeba64_HasOneCellForEachMethod()
    {
        var methods = SweepFile.Read(Path.Combine(Folder, "celeba64.yaml")).Methods;

        methods.Select(method => method.Label).ShouldBe(["PmSFC", "mGANprior"]);
        foreach (var method in methods)
            method.Settings.Values.ShouldAllBe(values => values.Length == 1);
    }

    [Theory]
    [InlineData("benchmark-inversion.yaml", 3)]
    [InlineData("benchmark-stylegan2.yaml", 3)]
    [InlineData("colorization-rivals.yaml", 3)]
    [InlineData("super-resolution-rivals.yaml", 3)]
    public void RandomPartitions_BesideDiscoveredSubspaces_DifferInNothingElse(string file, int seeds)
    {
        var methods = SweepFile.Read(Path.Combine(Folder, file)).Methods;
        var discovered = methods.Single(method => method.Label == "PmSFC");
        var random = methods.Single(method => method.Label == "PmSFC, random partition");

        Text(random.Settings).ShouldBe(Text(discovered.Settings));
        random.Preset.ShouldBe(discovered.Preset);
        random.Subspaces!.Seeds.Length.ShouldBe(seeds);
        var copied = random.Subspaces.SizesOf.ShouldNotBeNull();
        copied.Method.ShouldBe(discovered.Subspaces!.Method);
        Text(copied.Settings).ShouldBe(Text(discovered.Subspaces.Settings));

        static IEnumerable<string> Text(ImmutableSortedDictionary<string, ImmutableArray<string>> settings) =>
            settings.Select(setting => $"{setting.Key}: {string.Join(", ", setting.Value)}");
    }
}
