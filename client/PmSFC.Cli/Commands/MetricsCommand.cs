using System.Globalization;
using PmSFC.Abstractions.Failures;
using PmSFC.Cli.Failures;
using PmSFC.Cli.Output;
using PmSFC.Cli.Sessions;
using PmSFC.Engine;
using PmSFC.Engine.Metrics;
using PmSFC.Imaging;
using PmSFC.Silo.Arguments;
using Spectre.Console;

namespace PmSFC.Cli.Commands;

/// <summary><c>metrics REFERENCE IMAGE</c>: how near one image is to another, and how natural it looks.</summary>
internal sealed class MetricsCommand : CliCommand
{
    private readonly ValueArgument<string> _reference = new("reference", ValueKinds.Path) { Description = "the image that is right" };
    private readonly ValueArgument<string> _image = new("image", ValueKinds.Path) { Description = "the image to judge, of the same size" };
    private readonly ValueOption<string> _weights = WeightsOption.Create();

    /// <summary>Makes the command.</summary>
    public MetricsCommand(CliHost host, GlobalOptions options)
        : base("metrics", "Compare an image with its reference by every metric", host, options)
    {
        Add(_reference);
        Add(_image);
        Add(_weights);
    }

    /// <inheritdoc/>
    protected override Task<int> RunAsync(Invocation invocation)
    {
        var (referencePath, imagePath) = (invocation.Value(_reference), invocation.Value(_image));
        var (reference, image) = (ImageFile.Read(referencePath), ImageFile.Read(imagePath));
        using var metrics = EngineCatalog.BuiltIn.Metrics.Load(WeightsOption.Open(invocation, _weights));
        var measurements = metrics
            .Metrics.Select(metric => Measure(metric, reference.Image, image.Image))
            .ToDictionary(measurement => measurement.Metric.Name);
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Reference = referencePath,
                    Image = imagePath,
                    ReferenceNotes = reference.Notes,
                    ImageNotes = image.Notes,
                    Metrics = measurements
                        .Values.Where(measurement => measurement.Value is not null)
                        .ToDictionary(measurement => measurement.Metric.Name, measurement => measurement.Value),
                    Weights = metrics
                        .Metrics.Where(metric => metric.Weights.Count > 0 && measurements[metric.Name].Value is not null)
                        .ToDictionary(metric => metric.Name, metric => metric.Weights),
                    NotMeasured = metrics
                        .Missing.Concat(
                            measurements
                                .Values.Where(measurement => measurement.Undefined is not null)
                                .Select(measurement => KeyValuePair.Create(measurement.Metric.Name, measurement.Undefined!))
                        )
                        .ToDictionary(),
                }
            );
            return Task.FromResult(ExitCode.Done);
        }

        foreach (var (path, notes) in new[] { (referencePath, reference.Notes), (imagePath, image.Notes) })
            if (notes.Count > 0)
                invocation.Say($"{path}: {string.Join("; ", notes)}.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("metric", "value", "unit", "better", "measured with");
        table.Columns[1].RightAligned();
        foreach (var metric in EngineCatalog.BuiltIn.Metrics.All)
        {
            var measurement = measurements.GetValueOrDefault(metric.Name);
            table.AddRow(
                Cell.Of(metric.Name),
                Cell.Of(measurement?.Value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "–"),
                Cell.Of(metric.Unit),
                Cell.Of(metric.HigherIsBetter ? "higher" : "lower"),
                Cell.Of(
                    measurement is null
                        ? metrics.Missing[metric.Name]
                        : measurement.Undefined ?? string.Join(", ", measurement.Metric.Weights.Select(source => source.Name))
                )
            );
        }

        invocation.Console.Write(table);
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
