using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;

namespace PmSFC.Abstractions.Tests.Formats;

/// <summary>
/// Silos of two versions talk to each other in a rolling update. For each message of the contract there are the bytes that a version put on the wire, and
/// as JSON what they mean; a message that has grown has further pairs, <c>{alias}.2</c> and so on.
/// </summary>
public sealed class MessageFormatTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    public void Dispose() => _services.Dispose();

    public static TheoryData<string> Aliases => [.. Types.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Files =>
        [
            .. Directory
                .GetFiles(Path.Combine(GoldenFile.Folder, "Messages"), "*.bin")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal),
        ];

    private static Dictionary<string, Type> Types { get; } =
        typeof(JobSpec)
            .Assembly.GetExportedTypes()
            .Where(type => !type.Namespace!.StartsWith("OrleansCodeGen", StringComparison.Ordinal))
            .Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null && type != typeof(BadInputException))
            .ToDictionary(type => type.GetCustomAttribute<AliasAttribute>()!.Alias, StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Serialize_SampleOfAMessage_GivesTheBytesOfItsNewestFile(string alias)
    {
        var sample = SampleMessage.Of(Types[alias]);
        var bytes = Serializer.SerializeToArray<object>(sample);
        var (newest, next) = NewestFile(alias);
        if (
            GoldenFile.IsWriting
            && GoldenFile.Exists($"Messages/{newest}.bin")
            && !bytes.AsSpan().SequenceEqual(GoldenFile.Read($"Messages/{newest}.bin"))
        )
            newest = next;
        GoldenFile.ShouldHold($"Messages/{newest}.bin", bytes);
        GoldenFile.ShouldHold($"Messages/{newest}.json", Json(sample));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Deserialize_FileOfAnyVersion_GivesTheValuesThatWereWritten(string file)
    {
        var message = Serializer.Deserialize<object>(GoldenFile.Read($"Messages/{file}.bin")).ShouldNotBeNull();
        var (then, now) = (JsonNode.Parse(GoldenFile.Read($"Messages/{file}.json")), JsonNode.Parse(Json(message)));
        Holds(now, then, file);
    }

    [Fact]
    public void Deserialize_BadInput_KeepsItsSentence() =>
        Serializer
            .Deserialize<BadInputException>(Serializer.SerializeToArray(new BadInputException("The file is empty.")))!
            .Message.ShouldBe("The file is empty.");

    /// <summary>Everything that was written is there; what has come since may be there too.</summary>
    private static void Holds(JsonNode? now, JsonNode? then, string where)
    {
        switch (then)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                    Holds(now.ShouldBeOfType<JsonObject>(where)[name], value, $"{where}.{name}");
                break;
            case JsonArray items:
                now.ShouldBeOfType<JsonArray>(where).Count.ShouldBe(items.Count, where);
                foreach (var (i, item) in items.Index())
                    Holds(now![i], item, $"{where}[{i}]");
                break;
            default:
                (now?.ToJsonString()).ShouldBe(then?.ToJsonString(), where);
                break;
        }
    }

    private static (string Newest, string Next) NewestFile(string alias)
    {
        var newest = alias;
        for (var number = 2; ; number++)
        {
            var next = $"{alias}.{number}";
            if (!File.Exists(Path.Combine(GoldenFile.Folder, "Messages", $"{next}.bin")))
                return (newest, next);
            newest = next;
        }
    }

    /// <summary>What a message holds and what is not computed of it: its ids are those that its fields give today.</summary>
    private static byte[] Json(object message) =>
        (byte[])typeof(ArtifactJson).GetMethod(nameof(ArtifactJson.Write))!.MakeGenericMethod(message.GetType()).Invoke(null, [message])!;
}
