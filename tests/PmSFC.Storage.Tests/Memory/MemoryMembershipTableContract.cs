namespace PmSFC.Storage.Tests;

public sealed class MemoryMembershipTableContract : MembershipTableContract
{
    private readonly MemoryStoreProvider _provider = new();

    protected override IArtifactStore Store => _provider.Open("memory:contract", new StoreOpening());
}
