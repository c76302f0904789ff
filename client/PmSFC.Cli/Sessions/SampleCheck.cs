using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Generators;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Engine;
using PmSFC.Imaging;
using PmSFC.Silo.Analyses;
using PmSFC.Storage;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>How well a generator's own samples are inverted: what a user with a new generator needs to know first.</summary>
internal sealed class SampleCheck(Invocation invocation, IArtifactStore store, GeneratorCard card)
{
    private const int Padding = 4;

    // Below this, all codes give one image but for noise; above that, a fifth of the values are cut off.
    private const double LeastSpread = 0.01,
        MostBeyondRange = 0.2;

    private const int FewIterations = 100;
    private const double GoodDecibels = 25,
        FairDecibels = 18;

    /// <summary>The picture's folder where the user chooses none.</summary>
    public const string DefaultFolder = "pmsfc-checks";

    /// <summary>Draws samples, inverts them, and says how well that went.</summary>
    /// <param name="duration">How long the searches may take together, about.</param>
    /// <param name="folder">Where the picture is written.</param>
    /// <returns>The exit code: 1 where the generator draws no images.</returns>
    /// <exception cref="BadInputException">The folder cannot be written, or the device has not the memory.</exception>
    public async Task<int> RunAsync(TimeSpan duration, string folder)
    {
        var file = $"{OutputFolder.FileName(card.Name)}-{Amounts.ShortId(card.Id)}.png";
        OutputFolder.Prepare(folder, file);
        await using var inversion = await SampleInversion.OpenAsync(
            EngineCatalog.BuiltIn,
            store,
            card.Id,
            invocation.Devices[0],
            invocation.Host.Time,
            invocation.CancellationToken
        );
        var samples = await inversion.DrawAsync();
        if (Problem(samples) is { } problem)
        {
            if (invocation.Json)
                invocation.Lines.Write(
                    new
                    {
                        Event = "checked",
                        Generator = card.Id,
                        Problem = problem,
                    }
                );
            invocation.Say($"{card.Name}: {problem}");
            return ExitCode.Failed;
        }

        invocation.Say($"{card.Name}: its own samples are inverted for about {Text(duration.TotalSeconds, "0")} s ...");
        var (table, tried) = (Table(), new List<SampleReconstructions>());
        foreach (var method in SampleInversion.Methods)
        {
            var result = await inversion.InvertAsync(method, duration / SampleInversion.Methods.Count, invocation.CancellationToken);
            tried.Add(result);
            Tell(method, result, table);
        }

        var picture = await OutputFolder.WriteAsync(
            folder,
            file,
            ImageFile.EncodePng(Picture(samples, tried)),
            invocation.CancellationToken
        );
        var best = tried.MaxBy(result => result.Median)!;
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "checked",
                    Generator = card.Id,
                    samples.BeyondRange,
                    best.Median,
                    File = picture,
                }
            );
            return ExitCode.Done;
        }

        invocation.Console.Write(table);
        if (samples.BeyondRange > MostBeyondRange)
            invocation.Say(
                $"{Text(100 * samples.BeyondRange, "0")} % of what it draws lies beyond −1 to 1 and is cut off: was it trained on images of another range?"
            );
        invocation.Say(Verdict(best));
        invocation.Say($"Samples, and below them what each method made of them: {picture}");
        return ExitCode.Done;
    }

    private static string? Problem(GeneratorSamples samples) =>
        !samples.AreFinite ? "it draws values that are no numbers, so nothing can be inverted; import its weights from another file."
        : samples.Spread < LeastSpread
            ? "it draws nearly the same image of every code, so nothing can be inverted; import its weights from another file."
        : null;

    private static Table Table()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("method", "samples", "iterations", "seconds", "PSNR (dB)", "worst");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        return table;
    }

    private void Tell(string method, SampleReconstructions result, Table table)
    {
        if (invocation.Json)
            invocation.Lines.Write(
                new
                {
                    Event = "inverted",
                    Generator = card.Id,
                    Method = method,
                    result.Iterations,
                    Seconds = result.Duration.TotalSeconds,
                    Psnr = result.Decibels,
                    result.Median,
                }
            );
        table.AddRow(
            Cell.Of(result.Method),
            Cell.Of($"{result.Decibels.Length}"),
            Cell.Of($"{result.Iterations}"),
            Cell.Of(Text(result.Duration.TotalSeconds, "0")),
            Cell.Of(Text(result.Median, "0.0")),
            Cell.Of(Text(result.Decibels.Min(), "0.0"))
        );
    }

    private string Verdict(SampleReconstructions best)
    {
        var name = $"'{best.Method}'";
        if (best is { Iterations: < FewIterations, Median: < GoodDecibels })
            return $"{best.Iterations} iterations are too few to tell; give it more time: {invocation.Command("generators", "check", card.Name, "--seconds", "600")}";
        return best.Median switch
        {
            >= GoodDecibels => Invariant(
                $"Good: {name} brings its samples back with {best.Median:0.0} dB. A photograph comes out worse than a sample, which the generator can draw."
            ),
            >= FairDecibels => Invariant(
                $"Fair: {name} brings its samples back with {best.Median:0.0} dB. A photograph comes out worse; look at the picture, and try more iterations or codes."
            ),
            _ => Invariant(
                $"Poor: no method brings its samples back with more than {best.Median:0.0} dB, though the generator can draw them. Look at the picture: if the samples look wrong, so are the weights."
            ),
        };

        static string Invariant(FormattableString text) => FormattableString.Invariant(text);
    }

    private static RgbImage Picture(GeneratorSamples samples, IReadOnlyList<SampleReconstructions> tried)
    {
        var count = tried.Max(result => result.Images.Length);
        var blank = new RgbImage(
            samples.Images[0].Width,
            samples.Images[0].Height,
            Enumerable.Repeat(byte.MaxValue, samples.Images[0].Pixels.Length).ToArray()
        );
        var rows = tried.Select(result => result.Images.Concat(Enumerable.Repeat(blank, count - result.Images.Length)));
        return ImageGrid.Compose([.. samples.Images.Take(count), .. rows.SelectMany(row => row)], count, Padding, Rgb.White);
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
