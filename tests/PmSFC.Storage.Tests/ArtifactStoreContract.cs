using System.Globalization;
using System.Text;

namespace PmSFC.Storage.Tests;

/// <summary>What every store must do; each provider runs it by deriving from it.</summary>
public abstract class ArtifactStoreContract
{
    /// <summary>The store under test, empty at the start of each test.</summary>
    protected abstract IArtifactStore Store { get; }

    /// <summary>Another client of the same contents, such as another process would open.</summary>
    protected abstract IArtifactStore OpenAgain();

    [ProviderFact]
    public async Task ReadAsync_MissingName_IsNull()
    {
        (await Store.ReadAsync("jobs/none/result.json")).ShouldBeNull();
        (await Store.ExistsAsync("jobs/none/result.json")).ShouldBeFalse();
    }

    [ProviderFact]
    public async Task WriteOnceAsync_FreeName_IsReadBackByAnotherClient()
    {
        (await Store.WriteOnceAsync("jobs/a/result.json", Bytes("first"))).ShouldBe(WriteOutcome.Created);

        var artifact = await OpenAgain().ReadAsync("jobs/a/result.json");

        artifact.ShouldNotBeNull();
        Text(artifact).ShouldBe("first");
        artifact.ETag.ShouldNotBeNullOrEmpty();
        (await OpenAgain().ExistsAsync("jobs/a/result.json")).ShouldBeTrue();
    }

    [ProviderFact]
    public async Task WriteOnceAsync_TakenName_KeepsTheFirst()
    {
        await Store.WriteOnceAsync("images/a.png", Bytes("first"));

        (await Store.WriteOnceAsync("images/a.png", Bytes("second"))).ShouldBe(WriteOutcome.AlreadyExists);
        (await Store.WriteOnceAsync("images/a.png", Bytes("first"))).ShouldBe(WriteOutcome.AlreadyExists);

        Text(await Store.ReadAsync("images/a.png")).ShouldBe("first");
    }

    [ProviderFact]
    public async Task WriteOnceAsync_EmptyContent_Exists()
    {
        (await Store.WriteOnceAsync("images/empty.png", ReadOnlyMemory<byte>.Empty)).ShouldBe(WriteOutcome.Created);

        (await Store.ReadAsync("images/empty.png")).ShouldNotBeNull().Content.Length.ShouldBe(0);
    }

    [ProviderFact]
    public async Task WriteOnceAsync_SixteenWritersAtOnce_ExactlyOneCreates()
    {
        IArtifactStore[] clients = [Store, OpenAgain()];
        for (var round = 0; round < 10; round++)
        {
            var name = $"jobs/race-{round}/result.json";
            var outcomes = await AtOnce(16, i => clients[i % 2].WriteOnceAsync(name, Bytes($"writer {i}")).AsTask());

            var winner = Array.IndexOf(outcomes, WriteOutcome.Created);
            outcomes.Count(o => o == WriteOutcome.Created).ShouldBe(1);
            Text(await Store.ReadAsync(name)).ShouldBe($"writer {winner}");
        }
    }

    [ProviderFact]
    public async Task WriteOnceAsync_LargeArtifact_RoundTrips()
    {
        var content = new byte[20 << 20];
        new Random(7).NextBytes(content);

        (await Store.WriteOnceAsync("generators/g/weights.safetensors", content)).ShouldBe(WriteOutcome.Created);

        (await OpenAgain().ReadAsync("generators/g/weights.safetensors"))
            .ShouldNotBeNull()
            .Content.Span.SequenceEqual(content)
            .ShouldBeTrue();
        (await Store.WriteOnceAsync("generators/g/weights.safetensors", content)).ShouldBe(WriteOutcome.AlreadyExists);
    }

    [ProviderFact]
    public async Task ReadAsync_WhileALargeArtifactIsWritten_IsNullOrWhole()
    {
        var content = new byte[16 << 20];
        new Random(8).NextBytes(content);
        var reader = OpenAgain();

        var writing = Task.Run(async () => await Store.WriteOnceAsync("images/large.png", content));
        Artifact? seen;
        do
        {
            seen = await reader.ReadAsync("images/large.png");
            seen?.Content.Span.SequenceEqual(content).ShouldBeTrue();
        } while (seen is null && !writing.IsFaulted);

        (await writing).ShouldBe(WriteOutcome.Created);
    }

    [ProviderFact]
    public async Task ReplaceAsync_NullEtag_CreatesOnlyAFreeName()
    {
        var etag = await Store.ReplaceAsync("state/sweep/a", Bytes("1"), ifMatchEtag: null);

        etag.ShouldNotBeNull();
        (await Store.ReadAsync("state/sweep/a"))!.ETag.ShouldBe(etag);
        (await Store.ReplaceAsync("state/sweep/a", Bytes("2"), ifMatchEtag: null)).ShouldBeNull();
        Text(await Store.ReadAsync("state/sweep/a")).ShouldBe("1");
    }

    [ProviderFact]
    public async Task ReplaceAsync_CurrentEtag_Replaces()
    {
        var first = await Store.ReplaceAsync("state/sweep/a", Bytes("1"), ifMatchEtag: null);

        var second = await OpenAgain().ReplaceAsync("state/sweep/a", Bytes("2"), first);

        second.ShouldNotBeNull().ShouldNotBe(first);
        var artifact = await Store.ReadAsync("state/sweep/a");
        Text(artifact).ShouldBe("2");
        artifact!.ETag.ShouldBe(second);
    }

    [ProviderFact]
    public async Task ReplaceAsync_StaleEtag_IsAConflict()
    {
        var first = await Store.ReplaceAsync("state/sweep/a", Bytes("1"), ifMatchEtag: null);
        await Store.ReplaceAsync("state/sweep/a", Bytes("2"), first);

        (await Store.ReplaceAsync("state/sweep/a", Bytes("3"), first)).ShouldBeNull();

        Text(await Store.ReadAsync("state/sweep/a")).ShouldBe("2");
    }

    [ProviderFact]
    public async Task ReplaceAsync_EtagOfADeletedRecord_IsAConflict()
    {
        var etag = await Store.ReplaceAsync("state/sweep/a", Bytes("1"), ifMatchEtag: null);
        await Store.DeleteAsync("state/sweep/a");

        (await Store.ReplaceAsync("state/sweep/a", Bytes("2"), etag)).ShouldBeNull();

        (await Store.ExistsAsync("state/sweep/a")).ShouldBeFalse();
    }

    [ProviderFact]
    public async Task ReplaceAsync_SixteenWritersOfOneEtag_ExactlyOneWins()
    {
        IArtifactStore[] clients = [Store, OpenAgain()];
        var etag = await Store.ReplaceAsync("state/sweep/a", Bytes("start"), ifMatchEtag: null);
        for (var round = 0; round < 5; round++)
        {
            var etags = await AtOnce(16, i => clients[i % 2].ReplaceAsync("state/sweep/a", Bytes($"{round}/{i}"), etag).AsTask());

            var winner = Array.FindIndex(etags, e => e is not null);
            etags.Count(e => e is not null).ShouldBe(1);
            Text(await Store.ReadAsync("state/sweep/a")).ShouldBe($"{round}/{winner}");
            etag = etags[winner];
        }
    }

    [ProviderFact]
    public async Task ReplaceAsync_ConcurrentIncrements_LoseNone()
    {
        IArtifactStore[] clients = [Store, OpenAgain()];
        await Store.ReplaceAsync("state/counter/a", Bytes("0"), ifMatchEtag: null);

        await AtOnce(8, async i =>
        {
            var client = clients[i % 2];
            string? written = null;
            while (written is null)
            {
                var current = await client.ReadAsync("state/counter/a");
                written = await client.ReplaceAsync(
                    "state/counter/a",
                    Bytes((int.Parse(Text(current), CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture)),
                    current!.ETag
                );
            }

            return written;
        });

        Text(await Store.ReadAsync("state/counter/a")).ShouldBe("8");
    }

    [ProviderFact]
    public async Task DeleteAsync_AnyName_LeavesItFree()
    {
        await Store.DeleteAsync("images/none.png");
        await Store.WriteOnceAsync("images/a.png", Bytes("first"));

        await Store.DeleteAsync("images/a.png");

        (await Store.ReadAsync("images/a.png")).ShouldBeNull();
        (await Store.WriteOnceAsync("images/a.png", Bytes("second"))).ShouldBe(WriteOutcome.Created);
    }

    [ProviderFact]
    public async Task DeleteAsync_WithEtag_DeletesOnlyTheCurrent()
    {
        var first = await Store.ReplaceAsync("state/sweep/a", Bytes("1"), ifMatchEtag: null);
        var second = await Store.ReplaceAsync("state/sweep/a", Bytes("2"), first);

        (await Store.DeleteAsync("state/sweep/a", first!)).ShouldBeFalse();
        (await Store.DeleteAsync("state/sweep/a", second!)).ShouldBeTrue();
        (await Store.DeleteAsync("state/sweep/a", second!)).ShouldBeFalse();

        (await Store.ExistsAsync("state/sweep/a")).ShouldBeFalse();
    }

    [ProviderFact]
    public async Task With_AnotherPatience_IsTheSameStore()
    {
        var patience = new StorePatience { Full = TimeSpan.FromSeconds(7) };

        var patient = Store.With(patience);

        (patient.Patience, patient.Description).ShouldBe((patience, Store.Description));
        (await patient.WriteOnceAsync("images/a.png", Bytes("first"))).ShouldBe(WriteOutcome.Created);
        var etag = (await Store.ReadAsync("images/a.png"))!.ETag;
        Text(await patient.ReadAsync("images/a.png")).ShouldBe("first");
        (await patient.ListAsync("").ToListAsync()).ShouldBe(["images/a.png"]);
        (await patient.ReplaceAsync("images/a.png", Bytes("second"), etag)).ShouldNotBeNull();
        (await patient.DeleteAsync("images/a.png", etag)).ShouldBeFalse();
        await patient.DeleteAsync("images/a.png");
        (await patient.ExistsAsync("images/a.png")).ShouldBeFalse();
        patient.With(Store.Patience).Patience.ShouldBe(Store.Patience);
    }

    [ProviderFact]
    public async Task ListAsync_EmptyStore_IsEmpty() => (await List("")).ShouldBeEmpty();

    [ProviderFact]
    public async Task ListAsync_EveryPrefix_IsOrderedOrdinally()
    {
        string[] names =
        [
            "checkpoints/j/00000100",
            "checkpoints/j/00000020",
            "jobs/a/result.json",
            "jobs/a-b/result.json",
            "jobs/a.b/result.json",
            "jobs/a0/result.json",
            "jobs/a_b/result.json",
            "jobs/a/codes.safetensors",
            "images/z.png",
            "images/0.png",
            "jobs/b",
        ];
        foreach (var name in names)
            await Store.WriteOnceAsync(name, Bytes(name));

        foreach (var prefix in new[] { "", "jobs/", "jobs/a", "jobs/a/", "checkpoints/j/", "images/z.png", "jobs", "none/", "i" })
        {
            var expected = names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            (await List(prefix)).SequenceEqual(expected).ShouldBeTrue($"prefix '{prefix}'");
        }
    }

    [ProviderFact]
    public async Task ListAsync_CancelledHalfWay_Stops()
    {
        await Store.WriteOnceAsync("jobs/a/result.json", Bytes("a"));
        await Store.WriteOnceAsync("jobs/b/result.json", Bytes("b"));
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Store.ListAsync("", cancel.Token)) { }
        });
    }

    [ProviderFact]
    public async Task AnyMethod_BadName_IsAnArgumentError()
    {
        foreach (var name in new[] { "", "/etc/passwd", "../up", "a/../b", "a//b", "a/", "A", "a b", ".tmp/x", "a/.b", "a\\b", "a\n" })
        {
            await Should.ThrowAsync<ArgumentException>(async () => await Store.ReadAsync(name), name);
            await Should.ThrowAsync<ArgumentException>(async () => await Store.WriteOnceAsync(name, Bytes("x")), name);
            await Should.ThrowAsync<ArgumentException>(async () => await Store.ReplaceAsync(name, Bytes("x"), null), name);
            await Should.ThrowAsync<ArgumentException>(async () => await Store.DeleteAsync(name), name);
        }

        await Should.ThrowAsync<ArgumentException>(() => List("../"));
        await Should.ThrowAsync<ArgumentException>(() => List("/"));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static string Text(Artifact? artifact) => Encoding.UTF8.GetString(artifact.ShouldNotBeNull().Content.Span);

    private async Task<List<string>> List(string prefix)
    {
        var names = new List<string>();
        await foreach (var name in Store.ListAsync(prefix))
            names.Add(name);
        return names;
    }

    private static async Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> action)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tasks = Enumerable
            .Range(0, count)
            .Select(async i =>
            {
                await go.Task;
                return await Task.Run(() => action(i));
            })
            .ToArray();
        go.SetResult();
        return await Task.WhenAll(tasks);
    }
}
