using PmSFC.Silo.Devices.Discovery;

namespace PmSFC.Silo.Tests.Devices.Discovery;

public sealed class GpuInventoryTests
{
    private static readonly GpuInventory Four = new([
        .. Enumerable.Range(0, 4).Select(i => new Gpu($"GPU-{i}{i}{i}", $"model {i}", 10, 10)),
    ]);

    [Theory]
    [InlineData(null, "0,1,2,3")]
    [InlineData("", "")]
    [InlineData("-1", "")]
    [InlineData("NoDevFiles", "")]
    [InlineData("2", "2")]
    [InlineData("3,1", "3,1")]
    [InlineData(" 1 , 2 ", "1,2")]
    [InlineData("0,7,1", "0")]
    [InlineData("0,-1,1", "0")]
    [InlineData("0,1,0,2", "0,1")]
    [InlineData("GPU-2", "2")]
    [InlineData("GPU-333,GPU-000", "3,0")]
    [InlineData("GPU-,0", "")]
    [InlineData("MIG-5a0b,0", "")]
    public void Visible_AsCudaReadsTheVariable_IsWhatItShows(string? variable, string expected) =>
        string.Join(',', Four.Visible(variable).Select(gpu => gpu.Id[^1])).ShouldBe(expected);
}
