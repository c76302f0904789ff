using System.Globalization;
using PmSFC.Abstractions.Networks;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Cli.Output;
using PmSFC.Cli.Progress;
using PmSFC.Client.Sweeps;
using Spectre.Console;

namespace PmSFC.Cli.Sessions;

/// <summary>Shows what a sweep would do.</summary>
internal sealed class ForecastPrinter(Invocation invocation)
{
    /// <summary>Shows it.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="forecast">What of it is stored, and what is left.</param>
    /// <param name="devices">A description of each device that would compute.</param>
    public void Tell(SweepPlan plan, SweepForecast forecast, IReadOnlyList<string> devices)
    {
        if (invocation.Json)
        {
            invocation.Lines.Write(
                new
                {
                    Event = "forecast",
                    Sweep = plan.Id,
                    plan.Name,
                    Images = plan.Images.Length,
                    Forecast = forecast,
                    Devices = devices,
                    Networks = plan
                        .Cells.Where(cell => cell.Network is not null)
                        .Select(cell => new
                        {
                            cell.Label,
                            cell.Network!.Id,
                            cell.Network.Kind,
                            cell.Network.Images,
                            cell.Network.Weights,
                        }),
                }
            );
            return;
        }

        invocation.Say($"Sweep {Amounts.ShortId(plan.Id)} '{plan.Name}' on {Amounts.Count(plan.Images.Length, "image")}:");
        var table = new Table()
            .Border(TableBorder.Rounded)
            .AddColumns("method", "jobs", "stored", "iterations", "memory a job", "work left");
        foreach (var column in table.Columns.Skip(1))
            column.RightAligned();
        foreach (var cell in forecast.Cells)
            table.AddRow(
                Cell.Of(cell.Label),
                Number(cell.Jobs),
                Number(cell.Done),
                Number(cell.Iterations),
                Cell.Of(Amounts.Bytes(cell.BytesPerJob)),
                Cell.Of(Work(cell.MultiplyAddsLeft))
            );
        invocation.Console.Write(table);
        foreach (var network in plan.Cells.Select(cell => cell.Network).OfType<NetworkSpec>().DistinctBy(network => network.Id))
            if (Origin(network) is { } origin)
                invocation.Say(origin);
        invocation.Say(
            $"{forecast.Jobs - forecast.Done} of {Amounts.Count(forecast.Jobs, "job")} to run, "
                + $"{forecast.SubspaceSets - forecast.SubspaceSetsDone} of {Amounts.Count(forecast.SubspaceSets, "subspace set")} to find first. "
                + (
                    forecast.Networks == 0
                        ? ""
                        : $"{forecast.Networks - forecast.NetworksDone} of {Amounts.Count(forecast.Networks, "network")} to train first. "
                )
                + (
                    forecast.Preparations == 0
                        ? ""
                        : $"{forecast.Preparations - forecast.PreparationsDone} of {Amounts.Count(forecast.Preparations, "other preparation")} to make first. "
                )
                + $"Work left: {Work(forecast.MultiplyAddsLeft)}; a job needs up to {Amounts.Bytes(forecast.LargestJobBytes)}."
        );
        if (forecast.CodesBytesLeft > 0)
        {
            invocation.Say(
                $"Codes to store: {Amounts.Bytes(forecast.CodesBytesLeft)}, up to {Amounts.Bytes(forecast.LargestCodesBytes)} a job."
            );
        }

        if (forecast.Damaged > 0)
            invocation.Say($"Damaged, and made again by a run: {Amounts.Count(forecast.Damaged, "stored result")}.");
        invocation.Say(devices.Count == 0 ? "No device is in the cluster now." : $"Devices: {string.Join("; ", devices)}.");
    }

    private static string? Origin(NetworkSpec network) =>
        network switch
        {
            { Weights: { } weights } => $"The network '{network.Kind}' is imported from {weights.FileName} (SHA-256 {weights.Sha256}; "
                + $"{string.Join(", ", weights.Sizes.Select(size => $"{size.Key} {size.Value}"))}).",
            { Images: { } images } => $"The network '{network.Kind}' learns from {Amounts.Count(images.Count, "image")}.",
            _ => null,
        };

    private static Text Number(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    private static string Work(double multiplyAdds) =>
        string.Create(CultureInfo.InvariantCulture, $"{multiplyAdds / 1e12:0.##} T multiply-adds");
}
