using FsCheck.Xunit;
using PmSFC.Abstractions.Identity;

namespace PmSFC.Abstractions.Tests;

public sealed class ContentIdTests
{
    [Fact]
    public void Hash_OfAbc_IsTheFirstHalfOfThePublishedSha256()
    {
        ContentId.Hash("abc"u8).ShouldBe("ba7816bf8f01cfea414140de5dae2223");
    }

    [Fact]
    public void Seed_OfAnId_IsItsFirst63Bits()
    {
        ContentId.Seed("ffffffffffffffff0000000000000000").ShouldBe(long.MaxValue);
    }

    [Property]
    public bool ToString_SettingsInAnyOrder_IsTheSame(Dictionary<int, int> settings)
    {
        var pairs = settings.Select(s => KeyValuePair.Create($"s{s.Key}", $"{s.Value}")).ToArray();
        return new ContentId("x").With("settings", pairs).ToString() == new ContentId("x").With("settings", pairs.Reverse()).ToString();
    }

    [Property]
    public bool ToString_FieldBoundaryMoved_Differs(string? left, string? right) =>
        new ContentId("x").With("a", left + "\n").With("b", right).ToString()
        != new ContentId("x").With("a", left).With("b", "\n" + right).ToString();
}
