using PmSFC.Storage.Tests;

namespace PmSFC.Cli.Tests.Support;

/// <summary>A fact that needs the Blob Storage emulator, skipped with the reason where there is none.</summary>
public sealed class AzuriteFactAttribute : FactAttribute
{
    public AzuriteFactAttribute() => Skip = Azurite.Missing;
}
