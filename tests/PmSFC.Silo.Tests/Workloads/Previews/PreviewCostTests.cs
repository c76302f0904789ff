using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PmSFC.Abstractions.Devices;
using PmSFC.Abstractions.Jobs;
using PmSFC.Abstractions.Json;
using PmSFC.Engine;
using PmSFC.Engine.Inversion;
using PmSFC.Silo.Devices;
using PmSFC.Silo.Generators;
using PmSFC.Silo.Tests.Support;
using PmSFC.Silo.Workloads;
using PmSFC.Storage;
using Xunit.Abstractions;

namespace PmSFC.Silo.Tests.Workloads.Previews;

/// <summary>
/// What previews cost when they come as often as they may, one after every <see cref="DeviceOptions.PreviewIterations"/>: in one run, the ten iterations that begin with one are compared with
/// the ten before it, in processor time of the whole process, so that encoding and storing count.
/// </summary>
[Collection(TensorsCollection.Name)]
public sealed class PreviewCostTests(ITestOutputHelper output)
{
    private const int Images = 2,
        Previews = 25,
        Window = 10;

    [FactNeeding<Measuring>]
    public async Task Previews_OfTheBundledGenerator_CostLessThanOnePercent()
    {
        using var folder = new TemporaryDirectory();
        var store = new DirectoryArtifactStore(folder.Path);
        var models = Path.Combine(Repository.Root, "models", "celeba64-pggan");
        var (card, _) = await new GeneratorImport(EngineCatalog.BuiltIn, store).ImportAsync(
            Path.Combine(models, "generator.safetensors"),
            Path.Combine(models, "discriminator.safetensors"),
            "bundled"
        );
        var method = (IOptimizationMethod)EngineCatalog.BuiltIn.FindMethod("mganprior")!;
        var iterations = Previews * DeviceOptions.PreviewIterations + 2 * Window;
        var settings = method
            .Settings.Resolve(
                "tuned",
                new Dictionary<string, string>
                {
                    ["iterations"] = iterations.ToString(CultureInfo.InvariantCulture),
                    ["split"] = "3",
                    ["codes"] = "30",
                }
            )
            .Settings!;
        var works = new Works();
        var time = new EagerTime();
        await using var device = new Device(new DeviceOptions { Threads = 1, CheckpointInterval = TimeSpan.MaxValue }, time);
        var leases = new List<LeasedWork>();
        for (var image = 0; image < Images; image++)
        {
            var target = await BundledImage.StoreAsync(store, image, card.Resolution);
            var spec = Works.Spec(target, method.Name, [.. settings.Select(setting => (setting.Key, setting.Value))]) with
            {
                GeneratorId = card.Id,
            };
            leases.Add(works.Lease(WorkItem.For(spec, Works.Item(spec).Request)));
        }

        var shown = new List<bool>();
        var used = new double[iterations];
        var hooked = new HookedMethod(method, run =>
        {
            if (IsBeforePreview(run.Iteration))
                time.Advance(device.Options.PreviewInterval);
            used[run.Iteration] = Environment.CpuUsage.TotalTime.TotalSeconds;
            if (
                run.Iteration > DeviceOptions.PreviewIterations
                && run.Iteration % DeviceOptions.PreviewIterations == DeviceOptions.PreviewIterations / 2
            )
                shown.AddRange(
                    leases.Select(lease =>
                        Shown(folder.Path, lease.Item.Id)
                        == run.Iteration / DeviceOptions.PreviewIterations * DeviceOptions.PreviewIterations
                    )
                );
        });

        await new InversionWorkload(
            store,
            EngineCatalog.BuiltIn with
            {
                Methods = [hooked],
            },
            time,
            NullLogger<InversionWorkload>.Instance
        ).RunAsync(new WorkBatch(device, leases), default);

        var pairs = Enumerable
            .Range(0, iterations - Window)
            .Where(IsBeforePreview)
            .Select(at => (With: used[at + Window] - used[at], Without: used[at] - used[at - Window]))
            .ToArray();
        double[] costs =
        [
            .. pairs.Select(pair => (pair.With - pair.Without) / pair.Without * Window * 100 / DeviceOptions.PreviewIterations),
        ]; // in %
        var mean = costs.Average();
        var error = Math.Sqrt(costs.Sum(cost => (cost - mean) * (cost - mean)) / (costs.Length - 1) / costs.Length);
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{costs.Length} pairs, {Images} images, {pairs.Average(pair => pair.Without) / Window * 1000:0.0} ms of processor an iteration: previews cost {mean:0.00} % ± {error:0.00} % (standard error; quartiles {costs.Order().ElementAt(costs.Length / 4):0.00} and {costs.Order().ElementAt(costs.Length * 3 / 4):0.00} %, median {costs.Order().ElementAt(costs.Length / 2):0.00} %)."
            )
        );
        costs.Length.ShouldBe(Previews);
        shown.Count(was => was).ShouldBe((Previews - 1) * Images, "each was drawn and stored");
        (mean + 2 * error).ShouldBeLessThan(1);
    }

    private static int Shown(string folder, string job) =>
        ArtifactJson.Read<JobPreview>(File.ReadAllBytes(Path.Combine(folder, ArtifactNames.Preview(job)))).Iteration;

    private static bool IsBeforePreview(int iteration) => (iteration + 1) % DeviceOptions.PreviewIterations == 0;

    /// <summary>A measurement, made only where it is asked for.</summary>
    private abstract class Measuring : INeed
    {
        public static string? Missing =>
            OptIn.Missing(
                "PMSFC_PREVIEW_COST",
                "A measurement; set PMSFC_PREVIEW_COST=1 and run it with --logger 'console;verbosity=detailed' on a quiet machine."
            );
    }

    private static class BundledImage
    {
        /// <summary>Stores an image of soft colours.</summary>
        public static async Task<string> StoreAsync(IArtifactStore store, int number, int side)
        {
            var pixels = new byte[3 * side * side];
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)(127.5 * (1 + Math.Sin((i / 3 % side) * 0.1 + i / (3 * side) * 0.07 + number + i % 3)));
            var image = new Imaging.RgbImage(side, side, pixels);
            await store.WriteOnceAsync(ArtifactNames.Image(image.ContentId), Imaging.ImageFile.EncodePng(image));
            return image.ContentId;
        }
    }
}
