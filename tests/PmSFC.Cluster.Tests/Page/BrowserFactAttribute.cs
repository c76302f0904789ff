namespace PmSFC.Cluster.Tests.Page;

/// <summary>A fact that needs a browser, skipped with the reason where there is none.</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Missing;
}
