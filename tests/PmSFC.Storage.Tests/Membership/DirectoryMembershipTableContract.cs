namespace PmSFC.Storage.Tests;

public sealed class DirectoryMembershipTableContract : MembershipTableContract, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected override IArtifactStore Store => new DirectoryArtifactStore(_directory.Path);

    public void Dispose() => _directory.Dispose();
}
