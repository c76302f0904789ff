using System.Text;

namespace PmSFC.Client.Reports;

/// <summary>A report's page while it is written.</summary>
internal sealed class ReportWriter
{
    private readonly StringBuilder _page = new();

    /// <summary>Appends HTML as it is. Names and messages in it come from users and must have passed through <see cref="Html.Text"/>.</summary>
    public void Raw(string html) => _page.Append(html);

    /// <summary>The page up to here.</summary>
    public override string ToString() => _page.ToString();
}
