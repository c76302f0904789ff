using System.Globalization;
using System.Text;
using System.Xml;
using PmSFC.Wording;

namespace PmSFC.Client.Gates;

/// <summary>Writes a review as the XML of JUnit, which servers of continuous integration show: a test case for each gate and row.</summary>
public static class JUnitReport
{
    private const string Package = "pmsfc";

    /// <summary>Writes it. A row that one sweep alone has is a skipped test case.</summary>
    /// <param name="review">The review.</param>
    /// <param name="at">When it was made.</param>
    public static byte[] Write(GateReview review, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(review);
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            NewLineChars = "\n",
            Encoding = new UTF8Encoding(false),
        };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            xml.WriteStartElement("testsuites");
            WriteSuite(xml, review, at);
            xml.WriteEndElement();
        }

        return stream.ToArray();
    }

    private static void WriteSuite(XmlWriter xml, GateReview review, DateTimeOffset at)
    {
        var comparison = review.Comparison;
        var unpaired = (
            from row in comparison
                .OnlyInA.Select(label => (Label: label, Sweep: "A"))
                .Concat(comparison.OnlyInB.Select(label => (Label: label, Sweep: "B")))
            from gate in review.Verdicts.Select(verdict => verdict.Gate).Distinct()
            select (row.Label, row.Sweep, Gate: gate)
        ).ToList();
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", $"{comparison.B.Plan.Name} {comparison.B.Plan.Id} against {comparison.A.Plan.Name} {comparison.A.Plan.Id}");
        Attribute(xml, "package", Package);
        Attribute(xml, "id", "0");
        Attribute(xml, "timestamp", at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Attribute(xml, "hostname", "localhost");
        Attribute(xml, "tests", Number(review.Verdicts.Length + unpaired.Count));
        Attribute(xml, "failures", Number(review.Verdicts.Count(verdict => verdict.Failed)));
        Attribute(xml, "errors", "0");
        Attribute(xml, "skipped", Number(unpaired.Count));
        Attribute(xml, "time", "0");
        xml.WriteStartElement("properties");
        WriteProperty(xml, "a", comparison.A.Plan.Id);
        WriteProperty(xml, "b", comparison.B.Plan.Id);
        WriteProperty(xml, "level", review.Level.ToString("R", CultureInfo.InvariantCulture));
        xml.WriteEndElement();
        foreach (var verdict in review.Verdicts)
        {
            StartCase(xml, verdict.Gate, verdict.Row.Label);
            if (verdict.Failed)
            {
                xml.WriteStartElement("failure");
                Attribute(xml, "message", verdict.Sentence);
                Attribute(xml, "type", "regression");
                xml.WriteString(Plain($"The interval excludes the gate '{verdict.Gate.Text}'. {verdict.Sentence}."));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        foreach (var (label, sweep, gate) in unpaired)
        {
            StartCase(xml, gate, label);
            xml.WriteStartElement("skipped");
            Attribute(xml, "message", $"only {sweep} has this row");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        var sentences = review.Verdicts.Select(verdict => verdict.Sentence).Concat(comparison.Notes);
        xml.WriteElementString("system-out", string.Join('\n', sentences.Select(Plain)));
        xml.WriteElementString("system-err", "");
        xml.WriteEndElement();
    }

    private static void StartCase(XmlWriter xml, Gate gate, string label)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "name", gate.Text);
        Attribute(xml, "classname", label);
        Attribute(xml, "time", "0");
    }

    private static void WriteProperty(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Plain(value));

    /// <summary>The text without what XML cannot hold: control characters, noncharacters and halves of surrogate pairs.</summary>
    private static string Plain(string text) =>
        string.Concat(ShownText.Line(text).EnumerateRunes().Where(rune => rune.Value is not (0xFFFE or 0xFFFF)));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
