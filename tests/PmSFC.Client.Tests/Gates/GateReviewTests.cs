using System.Text;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using PmSFC.Abstractions.Failures;
using PmSFC.Abstractions.Sweeps;
using PmSFC.Client.Comparisons;
using PmSFC.Client.Gates;
using PmSFC.Client.Tests.Fixtures;

namespace PmSFC.Client.Tests.Gates;

public sealed class GateReviewTests
{
    private static readonly SweepPlan PlanOfA = SampleSweep.Plan(6, "ours", "theirs"),
        PlanOfB = PlanOfA with { Seed = 1 };

    [Fact]
    public void Verdicts_OneRowRegressed_FailsThatRowAlone()
    {
        var review = Review(["psnr >= -0.1", "niqe <= 0.1", "psnr >= -0.1"], (cell, image) =>
            [("psnr", cell == 1 ? 19 + 0.02 * image : 20), ("niqe", 4)]
        );

        review
            .Verdicts.Select(verdict => (verdict.Gate.Text, verdict.Row.Label, verdict.Failed))
            .ShouldBe([
                ("psnr >= -0.1", "ours", false),
                ("psnr >= -0.1", "theirs", true),
                ("niqe <= 0.1", "ours", false),
                ("niqe <= 0.1", "theirs", false),
            ]);
        review.Passed.ShouldBeFalse();
        // Four decisions share the 5 %.
        review.Level.ShouldBe(0.9875, 1e-12);
        // -1, -0.98 … -0.9: s = 0.0374166, t(0.99375; 5) = 3.8100047, half width 3.8100047 · 0.0374166/√6 = 0.0581988
        review.Verdicts[1].Difference.HalfWidth!.Value.ShouldBe(0.0581988, 1e-6);
        review.Verdicts[1].Sentence.ShouldBe("theirs: PSNR (dB) differs by −0.95, 98.75 % interval −1.01 to −0.89, over 6 images");
    }

    [Theory]
    [InlineData("ssim >= 0", "SSIM is measured in neither sweep")]
    [InlineData("niqe <= 0", "NIQE is not measured in B")]
    public void Constructor_MetricNotMeasured_IsBadInputInsteadOfAPass(string gate, string problem) =>
        Should
            .Throw<BadInputException>(() => Review([gate], (_, _) => [("psnr", 20)]))
            .Message.ShouldBe($"The gate '{gate}' cannot be decided: {problem}; measure it with 'sweep measure', or leave the gate out.");

    [Theory]
    [InlineData(0, "0 of its 0 pairs")]
    [InlineData(1, "1 of its 1 pairs")]
    public void Constructor_TooFewPairsInARow_IsBadInputInsteadOfAPass(int pairs, string numbers) =>
        Should
            .Throw<BadInputException>(() => Review(["psnr >= 0"], (cell, image) => cell == 1 && image >= pairs ? null : [("psnr", 20)]))
            .Message.ShouldContain($"on the row 'theirs': an interval needs 2 images with a finite difference, and {numbers}");

    [Fact]
    public void Constructor_OnlyInfiniteDifferences_IsBadInputInsteadOfAPass()
    {
        var a = new MadeUpTable(PlanOfA).With((_, _) => [("psnr", double.PositiveInfinity)]);
        var b = new MadeUpTable(PlanOfB).With((_, _) => [("psnr", 20)]);

        Should
            .Throw<BadInputException>(() => new GateReview(new SweepComparison(a, b, SampleSweep.Metrics), [Read("psnr >= 0")]))
            .Message.ShouldContain("0 of its 6 pairs");
    }

    [Fact]
    public void JUnit_AReview_IsValidAndTellsTheFailure()
    {
        var plan = SampleSweep.Plan(6, "ours", "th\u001b[31m<eirs>\uFFFE", "new") with { Seed = 1, Name = "\ud800 & \"nightly\"" };
        var a = new MadeUpTable(SampleSweep.Plan(6, "ours", "th\u001b[31m<eirs>\uFFFE")).With((_, _) => [("psnr", 20)]);
        var b = new MadeUpTable(plan).With((cell, image) => [("psnr", cell == 1 ? 19 + 0.01 * image : 20)]);
        var review = new GateReview(new SweepComparison(a, b, SampleSweep.Metrics), [Read("psnr >= -0.1")]);

        var xml = Encoding.UTF8.GetString(JUnitReport.Write(review, new DateTimeOffset(2026, 11, 26, 3, 4, 5, TimeSpan.FromHours(1))));

        var document = Validated(xml);
        var suite = document.Root!.Element("testsuite")!;
        string[] counts = ["tests", "failures", "errors", "skipped", "timestamp"];
        counts.Select(name => suite.Attribute(name)!.Value).ShouldBe(["3", "1", "0", "1", "2026-11-26T02:04:05"]);
        suite
            .Elements("testcase")
            .Select(test =>
                (test.Attribute("classname")!.Value, test.Attribute("name")!.Value, test.Elements().SingleOrDefault()?.Name.LocalName)
            )
            .ShouldBe([
                ("ours", "psnr >= -0.1", null),
                ("th\\u001B[31m<eirs>", "psnr >= -0.1", "failure"),
                ("new", "psnr >= -0.1", "skipped"),
            ]);
        suite.Descendants("failure").Single().Value.ShouldContain("The interval excludes the gate 'psnr >= -0.1'.");
        suite.Element("system-out")!.Value.ShouldContain("Only B has the rows new");
    }

    [Fact]
    public void JUnit_Schema_RefusesWhatIsNone() =>
        Should.Throw<XmlSchemaValidationException>(() =>
            Validated("<testsuites><testsuite name='x'><testcase name='y'/></testsuite></testsuites>")
        );

    private static Gate Read(string text)
    {
        Gate.Read(text, SampleSweep.Metrics, out var gate).ShouldBeNull();
        return gate!;
    }

    private static GateReview Review(IEnumerable<string> gates, Func<int, int, (string, double)[]?> metricsOfB)
    {
        var a = new MadeUpTable(PlanOfA).With((_, _) => [("psnr", 20), ("niqe", 4)]);
        return new GateReview(new SweepComparison(a, new MadeUpTable(PlanOfB).With(metricsOfB), SampleSweep.Metrics), gates.Select(Read));
    }

    private static XDocument Validated(string xml)
    {
        var schemas = new XmlSchemaSet();
        using var text = new StringReader(Schema);
        using var schema = XmlReader.Create(text);
        schemas.Add(XmlSchema.Read(schema, null)!);
        using var reader = XmlReader.Create(
            new StringReader(xml),
            new XmlReaderSettings
            {
                ValidationType = ValidationType.Schema,
                Schemas = schemas,
                ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings,
            }
        );
        return XDocument.Load(reader);
    }

    // What Ant's format asks for, in the order that it asks for; other readers ask for less.
    private const string Schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:simpleType name="name"><xs:restriction base="xs:token"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="time">
            <xs:restriction base="xs:dateTime"><xs:pattern value="[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"/></xs:restriction>
          </xs:simpleType>
          <xs:complexType name="outcome">
            <xs:simpleContent>
              <xs:extension base="xs:string"><xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string"/></xs:extension>
            </xs:simpleContent>
          </xs:complexType>
          <xs:element name="testsuites"><xs:complexType><xs:sequence><xs:element name="testsuite" maxOccurs="unbounded"><xs:complexType>
            <xs:sequence>
              <xs:element name="properties"><xs:complexType><xs:sequence><xs:element name="property" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
                <xs:attribute name="name" type="name" use="required"/><xs:attribute name="value" type="xs:string" use="required"/>
              </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
              <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded"><xs:complexType>
                <xs:choice minOccurs="0">
                  <xs:element name="skipped" type="outcome"/><xs:element name="error" type="outcome"/><xs:element name="failure" type="outcome"/>
                </xs:choice>
                <xs:attribute name="name" type="name" use="required"/><xs:attribute name="classname" type="name" use="required"/>
                <xs:attribute name="time" type="xs:decimal" use="required"/>
              </xs:complexType></xs:element>
              <xs:element name="system-out" type="xs:string"/>
              <xs:element name="system-err" type="xs:string"/>
            </xs:sequence>
            <xs:attribute name="name" type="name" use="required"/><xs:attribute name="package" type="name" use="required"/>
            <xs:attribute name="id" type="xs:int" use="required"/><xs:attribute name="timestamp" type="time" use="required"/>
            <xs:attribute name="hostname" type="name" use="required"/><xs:attribute name="tests" type="xs:int" use="required"/>
            <xs:attribute name="failures" type="xs:int" use="required"/><xs:attribute name="errors" type="xs:int" use="required"/>
            <xs:attribute name="skipped" type="xs:int"/><xs:attribute name="time" type="xs:decimal" use="required"/>
          </xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
        </xs:schema>
        """;
}
