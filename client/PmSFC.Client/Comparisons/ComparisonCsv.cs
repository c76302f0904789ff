using System.Globalization;
using System.Text;
using PmSFC.Client.Results;

namespace PmSFC.Client.Comparisons;

/// <summary>Writes comparisons as CSV.</summary>
internal static class ComparisonCsv
{
    public static string Of(SweepComparison comparison)
    {
        var text = new StringBuilder("row,metric,image,image_id,a,b,difference,low95,high95,pairs,infinite\n");
        foreach (var row in comparison.Rows)
        {
            var difference = row.Difference();
            Record(
                row,
                "",
                "",
                row.A?.Mean,
                row.B?.Mean,
                difference?.Mean,
                CsvField.Of(difference?.Low),
                CsvField.Of(difference?.High),
                row.Pairs.Length.ToString(CultureInfo.InvariantCulture),
                (difference?.Infinite ?? 0).ToString(CultureInfo.InvariantCulture)
            );
            foreach (var pair in row.Pairs)
                Record(row, pair.Image.Name, pair.Image.Id, pair.A, pair.B, pair.Difference, "", "", "", "");
        }

        return text.ToString();

        void Record(
            MetricComparison row,
            string image,
            string id,
            double? a,
            double? b,
            double? difference,
            params IEnumerable<string> rest
        ) =>
            text.AppendJoin(
                    ',',
                    [
                        CsvField.Of(row.Label),
                        CsvField.Of(row.Metric.Name),
                        CsvField.Of(image),
                        id,
                        CsvField.Of(a),
                        CsvField.Of(b),
                        CsvField.Of(difference),
                        .. rest,
                    ]
                )
                .Append('\n');
    }
}
