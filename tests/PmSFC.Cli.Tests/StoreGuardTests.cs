using PmSFC.Abstractions.Failures;
using PmSFC.Silo.Hosting;

namespace PmSFC.Cli.Tests;

public sealed class StoreGuardTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Take_Held_IsRefused()
    {
        using var first = StoreGuard.Take(_folder.Path);

        Should.Throw<BadInputException>(() => StoreGuard.Take(_folder.Path)).Message.ShouldContain($"process {Environment.ProcessId}");
        StoreGuard.IsHeld(_folder.Path).ShouldBeTrue();
    }

    [Fact]
    public void Take_FileOfADeadProcess_IsTakenOver()
    {
        File.WriteAllText(Path.Combine(_folder.Path, ".running"), "");
        File.WriteAllText(Path.Combine(_folder.Path, ".running-by"), "999999");

        StoreGuard.IsHeld(_folder.Path).ShouldBeFalse();
        using var guard = StoreGuard.Take(_folder.Path);
        StoreGuard.IsHeld(_folder.Path).ShouldBeTrue();
    }

    [Fact]
    public void Share_SilosOfACluster_KeepEmbeddedOnesOut()
    {
        using (StoreGuard.Share(_folder.Path, "night"))
        using (StoreGuard.Share(_folder.Path, "night"))
        {
            Should.Throw<BadInputException>(() => StoreGuard.Take(_folder.Path)).Message.ShouldContain("(the cluster night, process ");
            StoreGuard.IsHeld(_folder.Path).ShouldBeTrue();
        }

        StoreGuard.Take(_folder.Path).Dispose();
    }

    [Fact]
    public void Share_HeldByAnEmbeddedSilo_IsRefused()
    {
        using var embedded = StoreGuard.Take(_folder.Path);

        Should
            .Throw<BadInputException>(() => StoreGuard.Share(_folder.Path, "night"))
            .Message.ShouldContain($"(process {Environment.ProcessId})");
    }

    [Fact]
    public void Take_Released_IsFree()
    {
        StoreGuard.Take(_folder.Path).Dispose();

        StoreGuard.IsHeld(_folder.Path).ShouldBeFalse();
        StoreGuard.Take(_folder.Path).Dispose();
    }
}
