using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using PmSFC.Cli.Tests.Support;

namespace PmSFC.Cli.Tests;

public sealed class BadGeneratorTests(Workshop workshop) : IClassFixture<Workshop>
{
    private static byte[] Bundled => File.ReadAllBytes(Path.Combine(Repository.Root, "models/celeba64-pggan/generator.safetensors"));

    [Fact]
    public async Task Import_HeaderOfTwoGigabytes_IsRefusedWithoutReadingIt()
    {
        var file = new byte[64];
        BinaryPrimitives.WriteInt64LittleEndian(file, 2L << 30);
        file[8] = (byte)'{';

        (await ImportAsync("header.safetensors", file)).ShouldBeBadInput().ShouldContain("header");
    }

    [Fact]
    public async Task Import_OverlappingTensors_NamesThem()
    {
        var (header, data) = Split(Bundled);
        var twins = header
            .Where(entry => entry.Key != "__metadata__")
            .GroupBy(entry => entry.Value!["shape"]!.ToJsonString())
            .First(group => group.Count() > 1)
            .Select(entry => entry.Key)
            .ToList();
        header[twins[1]]!["data_offsets"] = header[twins[0]]!["data_offsets"]!.DeepClone();

        (await ImportAsync("overlap.safetensors", Join(header, data))).ShouldBeBadInput().ShouldContain("overlap");
    }

    [Fact]
    public async Task Import_NanWeight_NamesTheTensor()
    {
        var (header, data) = Split(Bundled);
        var at = (int)header["layer3.conv.weight"]!["data_offsets"]![0]!;
        BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(at), float.NaN);

        (await ImportAsync("nan.safetensors", Join(header, data))).ShouldBeBadInput().ShouldContain("layer3.conv.weight");
    }

    [Fact]
    public async Task Import_Truncated_SaysSo() =>
        (await ImportAsync("cut.safetensors", Bundled[..100_000])).ShouldBeBadInput().ShouldContain("cut.safetensors");

    [Fact]
    public async Task Import_MissingFile_NamesIt() =>
        (await Pmsfc.RunAsync(workshop.Folder, "generators", "import", "no.safetensors"))
            .ShouldBeBadInput()
            .ShouldContain("no.safetensors");

    [Fact]
    public async Task Show_UnknownName_ListsWhatThereIs()
    {
        (await Pmsfc.RunAsync(workshop.Folder, "generators", "list")).ShouldBeDone();

        (await Pmsfc.RunAsync(workshop.Folder, "generators", "show", "celeba64-pgan"))
            .ShouldBeBadInput()
            .ShouldContain("did you mean 'celeba64-pggan'?");
    }

    [Fact]
    public async Task Show_BundledGenerator_TellsEverySplit() =>
        (await SplitsOfAsync("celeba64-pggan")).ShouldBe([
            (1, 4, 128),
            (2, 4, 128),
            (3, 8, 128),
            (4, 8, 128),
            (5, 16, 96),
            (6, 16, 96),
            (7, 32, 48),
            (8, 32, 48),
            (9, 64, 24),
        ]);

    /// <summary>One block at 4×4, then two a resolution.</summary>
    [Fact]
    public async Task Show_BundledStyleGan2_TellsEverySplit() =>
        (await SplitsOfAsync("celeba64-stylegan2")).ShouldBe([
            (1, 4, 128),
            (2, 8, 128),
            (3, 8, 128),
            (4, 16, 128),
            (5, 16, 128),
            (6, 32, 64),
            (7, 32, 64),
            (8, 64, 32),
        ]);

    private async Task<IEnumerable<(int L, int Resolution, int Channels)>> SplitsOfAsync(string generator)
    {
        var outcome = await Pmsfc.RunAsync(workshop.Folder, "generators", "show", generator, "--json");

        outcome.ShouldBeDone();
        return outcome
            .JsonLines.ShouldHaveSingleItem()
            .GetProperty("splits")
            .EnumerateArray()
            .Select(split =>
                (split.GetProperty("l").GetInt32(), split.GetProperty("resolution").GetInt32(), split.GetProperty("channels").GetInt32())
            );
    }

    private async Task<Outcome> ImportAsync(string name, byte[] content) =>
        await Pmsfc.RunAsync(workshop.Folder, "generators", "import", workshop.Write(name, content));

    private static (JsonObject Header, byte[] Data) Split(byte[] file)
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return (JsonNode.Parse(file.AsSpan(8, length))!.AsObject(), file[(8 + length)..]);
    }

    private static byte[] Join(JsonObject header, byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }
}
