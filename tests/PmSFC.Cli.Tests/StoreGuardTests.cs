using PmSFC.Abstractions.Failures;
using PmSFC.Silo.Hosting;

namespace PmSFC.Cli.Tests;

public sealed class StoreGuardTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pmsfc-guard-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Take_Held_IsRefused()
    {
        using var first = StoreGuard.Take(_folder.FullName);

        Should.Throw<BadInputException>(() => StoreGuard.Take(_folder.FullName)).Message.ShouldContain($"process {Environment.ProcessId}");
        StoreGuard.IsHeld(_folder.FullName).ShouldBeTrue();
    }

    [Fact]
    public void Take_FileOfADeadProcess_IsTakenOver()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, ".running"), "");
        File.WriteAllText(Path.Combine(_folder.FullName, ".running-by"), "999999");

        StoreGuard.IsHeld(_folder.FullName).ShouldBeFalse();
        using var guard = StoreGuard.Take(_folder.FullName);
        StoreGuard.IsHeld(_folder.FullName).ShouldBeTrue();
    }

    [Fact]
    public void Share_SilosOfACluster_KeepEmbeddedOnesOut()
    {
        using (StoreGuard.Share(_folder.FullName, "night"))
        using (StoreGuard.Share(_folder.FullName, "night"))
        {
            Should.Throw<BadInputException>(() => StoreGuard.Take(_folder.FullName)).Message.ShouldContain("(the cluster night, process ");
            StoreGuard.IsHeld(_folder.FullName).ShouldBeTrue();
        }

        StoreGuard.Take(_folder.FullName).Dispose();
    }

    [Fact]
    public void Share_HeldByAnEmbeddedSilo_IsRefused()
    {
        using var embedded = StoreGuard.Take(_folder.FullName);

        Should.Throw<BadInputException>(() => StoreGuard.Share(_folder.FullName, "night")).Message.ShouldContain($"(process {Environment.ProcessId})");
    }

    [Fact]
    public void Take_Released_IsFree()
    {
        StoreGuard.Take(_folder.FullName).Dispose();

        StoreGuard.IsHeld(_folder.FullName).ShouldBeFalse();
        StoreGuard.Take(_folder.FullName).Dispose();
    }
}
