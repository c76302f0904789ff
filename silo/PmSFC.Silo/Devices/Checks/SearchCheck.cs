using PmSFC.Engine.Checkpoints;
using PmSFC.Engine.Inversion;
using static PmSFC.Silo.Devices.Checks.Differences;
using static TorchSharp.torch;

namespace PmSFC.Silo.Devices.Checks;

/// <summary>
/// A search of 50 iterations from known codes: the image that they compose, the first iteration's gradient and step, all losses, and whether a second run
/// comes to the same.
/// </summary>
internal sealed class SearchCheck : IDeviceCheck
{
    private const string Z = "z",
        W = "w";
    private const double AllowedImage = 1e-4,
        AllowedGradient = 1e-3;

    // A device of many threads that do not wait for each other may add up in another order each time.
    private const double AllowedAgainOnGpu = 1e-3;

    private readonly string _method;
    private readonly KnownAnswers.Search _known;
    private readonly (long Z, long W) _seeds;
    private readonly (string Name, string Value)[] _settings;
    private readonly double _allowedLosses;

    private SearchCheck(
        string method,
        KnownAnswers.Search known,
        (long Z, long W) seeds,
        double allowedLosses,
        params (string Name, string Value)[] settings
    )
    {
        (_method, _known, _seeds, _allowedLosses) = (method, known, seeds, allowedLosses);
        _settings =
        [
            ("split", "3"),
            ("iterations", "50"),
            ("perceptual", "discriminator"),
            ("perceptual-weight", "0.001"),
            ("schedule", "constant"),
            ("norms", "mean"),
            .. settings,
        ];
    }

    /// <summary>PmSFC by Adam.</summary>
    public static SearchCheck Pmsfc { get; } =
        new(
            "pmsfc",
            KnownAnswers.Stored.Pmsfc,
            (3, 4),
            allowedLosses: 1e-2,
            ("codes", "2"),
            ("optimizer", "adam"),
            ("learning-rate", "0.02"),
            ("weight-pace", "0.5"),
            ("beta2", "0.999")
        );

    /// <summary>mGANprior by gradient descent.</summary>
    public static SearchCheck Mganprior { get; } =
        new(
            "mganprior",
            KnownAnswers.Stored.Mganprior,
            (5, 6),
            allowedLosses: 1e-4,
            ("codes", "5"),
            ("optimizer", "sgd"),
            ("learning-rate", "1"),
            ("weight-pace", "1")
        );

    public string Name => _method;

    public IReadOnlyList<CheckResult> Run(CheckSubject subject)
    {
        var (first, again) = (Search(subject), Search(subject));
        var results = new List<CheckResult>
        {
            new($"{_method}: composition", OfLargest(Chosen(first.Image, _known.Image.Length), _known.Image), AllowedImage),
            new($"{_method}: losses of 50 iterations", OfEach(first.Losses, _known.Losses), _allowedLosses),
            new(
                $"{_method}: the same twice",
                OfLargest([.. again.Losses, .. again.Result], [.. first.Losses, .. first.Result]),
                subject.Device.type == TorchSharp.DeviceType.CPU ? 0 : AllowedAgainOnGpu
            ),
        };
        results.Insert(
            1,
            new(
                $"{_method}: first step",
                OfLargest(
                    [.. first.Step(Z, _known.Z), .. first.Step(W, _known.W)],
                    [.. Known(first, Z, _known.Z), .. Known(first, W, _known.W)]
                ),
                AllowedGradient
            )
        );
        if (first.Gradient(Z) is { } ofZ && first.Gradient(W) is { } ofW)
        {
            results.Insert(
                1,
                new(
                    $"{_method}: gradient",
                    Math.Max(
                        OfLargest(Chosen(ofZ, _known.GradientZ.Length), _known.GradientZ),
                        OfLargest(Chosen(ofW, _known.GradientW.Length), _known.GradientW)
                    ),
                    AllowedGradient
                )
            );
        }

        return results;
    }

    private static IEnumerable<double> Known(Outcome outcome, string name, double[] after) =>
        Chosen(outcome.Before[name], after.Length).Zip(after, (a, b) => b - a);

    private Outcome Search(CheckSubject subject)
    {
        using var scope = NewDisposeScope();
        using var run = subject.Start(
            _method,
            CheckInputs.Picture(subject.Generator.Architecture.Resolution, subject.Device),
            null,
            3,
            _settings
        );
        var start = Rewrite(
            run.Checkpoint(0),
            new()
            {
                [Z] = CheckInputs.Numbers(_seeds.Z, Count(run, Z)),
                [W] = [.. CheckInputs.Numbers(_seeds.W, Count(run, W)).Select(x => x / 8 + 1)],
            }
        );
        run.Restore([start]);
        var image = Numbers(run.Reconstruct());
        var losses = new double[run.Iterations];
        var stepped = start;
        while (!run.IsFinished)
        {
            run.Step();
            losses[run.Iteration - 1] = run.Losses()[0];
            if (run.Iteration == 1)
                stepped = run.Checkpoint(0);
        }

        return new Outcome(image, losses, Tensors(start), Tensors(stepped), Numbers(run.Reconstruct()));
    }

    private static long Count(InversionRun run, string name) => SafetensorsFile.Read(run.Codes(0), "codes").Header.Entry(name).Elements;

    /// <summary>A checkpoint with some of its tensors replaced.</summary>
    private static byte[] Rewrite(byte[] checkpoint, Dictionary<string, float[]> replaced)
    {
        var file = SafetensorsFile.Read(checkpoint, "the start");
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in file.Header.Metadata)
            writer.AddMetadata(key, value);
        foreach (var (name, entry) in file.Header.Entries)
            writer.Add(name, replaced.GetValueOrDefault(name) ?? file.ReadFloats(name, [.. entry.Shape]), [.. entry.Shape]);
        return writer.ToArray();
    }

    private static Dictionary<string, double[]> Tensors(byte[] checkpoint)
    {
        var file = SafetensorsFile.Read(checkpoint, "a checkpoint");
        return file.Header.Entries.ToDictionary(
            entry => entry.Key,
            entry => file.ReadFloats(entry.Key, [.. entry.Value.Shape]).Select(value => (double)value).ToArray(),
            StringComparer.Ordinal
        );
    }

    private sealed record Outcome(
        double[] Image,
        double[] Losses,
        Dictionary<string, double[]> Before,
        Dictionary<string, double[]> After,
        double[] Result
    )
    {
        // Adam's first moment after one step is a tenth of the gradient.
        private const double MomentOfGradient = 10;

        public double[]? Gradient(string name) =>
            After.GetValueOrDefault($"{name}.m")?.Select(moment => moment * MomentOfGradient).ToArray();

        /// <summary>What the first step adds to the chosen elements.</summary>
        public IEnumerable<double> Step(string name, double[] known) =>
            Chosen(Before[name], known.Length).Zip(Chosen(After[name], known.Length), (a, b) => b - a);
    }
}
