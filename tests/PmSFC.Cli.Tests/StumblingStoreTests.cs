using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Storage;

namespace PmSFC.Cli.Tests;

public sealed class StumblingStoreTests(Workshop workshop) : IClassFixture<Workshop>
{
    // Enough that a request which is tried again is refused again.
    private const int Refusals = 5;

    [FactNeeding<Azurite>]
    public async Task Run_StoreAnswers503ForAWhile_WaitsThenGoesOn()
    {
        using var azurite = new Azurite();
        using var proxy = new FaultProxy(azurite.Endpoint);
        var environment = new Dictionary<string, string> { [ArtifactStores.ConnectionVariable] = Azurite.ConnectionString(proxy.Endpoint) };
        var spec = workshop.Write(
            "stumbling.yaml",
            "name: stumbling\ngenerator: celeba64-pggan\nmethods:\n  - method: mganprior\n    settings: { iterations: 60, codes: 2 }\n"
        );
        using var process = Pmsfc.Start(
            workshop.Folder,
            environment,
            "sweep",
            "run",
            spec,
            "--images",
            workshop.WritePictures("pictures", 2),
            "--json",
            "--threads",
            "1",
            "--store",
            $"azure:{Azurite.FreshContainer()}",
            "--checkpoint-every",
            "0.2"
        );
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var events = new List<JsonElement>();
        var stumbled = false;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            events.Add(JsonDocument.Parse(line).RootElement);
            if (stumbled || events[^1].GetProperty("event").GetString() != "job")
                continue;
            stumbled = true;
            proxy.RefuseNext(Refusals);
        }

        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error);
        proxy.Refused.ShouldBe(Refusals);
        events.Count(e => e.GetProperty("event").GetString() == "table").ShouldBe(1);
        events[^1].GetProperty("table").GetProperty("jobs").GetArrayLength().ShouldBe(2);
        string.Concat(Directory.GetFiles(workshop.PathOf("logs")).Select(File.ReadAllText)).ShouldContain("answered 503, waiting ");
    }
}
