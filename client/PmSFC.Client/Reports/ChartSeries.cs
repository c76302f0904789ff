namespace PmSFC.Client.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Colour">Number of its colour in the report's palette.</param>
/// <param name="Points">x ascending; points that are not positive and finite are left out of a logarithmic chart.</param>
internal sealed record ChartSeries(string Name, int Colour, IReadOnlyList<(double X, double Y)> Points);
