using System.CommandLine;
using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Sessions;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>metrics REFERENCE IMAGE</c>: how near one image is to another.</summary>
internal sealed class MetricsCommand : CliCommand
{
    private readonly Argument<string> _reference = new("reference") { Description = "the image that is right" };
    private readonly Argument<string> _image = new("image") { Description = "the image to judge, of the same size" };

    /// <summary>Makes the command.</summary>
    public MetricsCommand(CliHost host, GlobalOptions options)
        : base("metrics", "Compare an image with its reference", host, options)
    {
        Add(_reference);
        Add(_image);
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(Invocation invocation)
    {
        var (referencePath, imagePath) = (invocation.Value(_reference), invocation.Value(_image));
        var (reference, image) = (ImageFile.Read(referencePath), ImageFile.Read(imagePath));
        var measurements = MetricCatalog.BuiltIn.All.Select(metric => Measure(metric, reference.Image, image.Image)).ToList();
        if (invocation.Json)
        {
            invocation.Lines.Write(new
            {
                Reference = referencePath, Image = imagePath,
                Metrics = measurements.Where(measurement => measurement.Value is not null).ToDictionary(measurement => measurement.Metric.Name, measurement => measurement.Value),
                Undefined = measurements.Where(measurement => measurement.Value is null).ToDictionary(measurement => measurement.Metric.Name, measurement => measurement.Undefined),
            });
            return Task.FromResult(ExitCode.Done);
        }

        foreach (var (path, notes) in new[] { (referencePath, reference.Notes), (imagePath, image.Notes) })
            if (notes.Count > 0) invocation.Say($"{path}: {string.Join("; ", notes)}.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("metric", "value", "unit", "better");
        table.Columns[1].RightAligned();
        foreach (var (metric, value, _) in measurements)
            table.AddRow(
                metric.Name, value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–", metric.Unit, metric.HigherIsBetter ? "higher" : "lower");
        invocation.Console.Write(table);
        foreach (var measurement in measurements)
            if (measurement.Undefined is { } reason) invocation.Say(reason);
        return Task.FromResult(ExitCode.Done);
    }

    private static Measurement Measure(IImageMetric metric, RgbImage reference, RgbImage image)
    {
        try
        {
            return Measurement.Of(metric, reference, image);
        }
        catch (ArgumentException e)
        {
            throw new BadInputException(e.Message.Split(" (Parameter")[0]);
        }
    }
}
