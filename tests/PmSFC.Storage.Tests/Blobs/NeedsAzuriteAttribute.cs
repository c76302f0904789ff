namespace PmSFC.Storage.Tests;

public sealed class NeedsAzuriteAttribute : NeedsAttribute
{
    public override string? Missing => Azurite.Missing;
}
