namespace PmSFC.Storage.Tests;

[NeedsAzurite]
[Collection(AzuriteCollection.Name)]
public sealed class BlobMembershipTableContract(Azurite azurite) : MembershipTableContract
{
    private readonly string _container = Azurite.FreshContainer();

    protected override IArtifactStore Store => new BlobArtifactStore(azurite.Container(_container));
}
