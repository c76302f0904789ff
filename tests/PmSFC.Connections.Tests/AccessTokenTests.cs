using PmSFC.Abstractions.Failures;

namespace PmSFC.Connections.Tests;

public sealed class AccessTokenTests
{
    private static readonly string HashOfASecret = AccessToken.HashOf("a secret");

    [Fact]
    public void HashOf_KnownText_IsItsSha256() =>
        // FIPS 180-2, B.1.
        AccessToken.HashOf("abc").ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");

    [Fact]
    public void Create_EachTime_HasAnotherSecretWhoseLineIsRead()
    {
        var made = Enumerable.Range(0, 20).Select(number => AccessToken.Create($"user-{number}", AccessRole.Operator)).ToArray();

        made.Select(one => one.Secret).Distinct().Count().ShouldBe(20);
        made.ShouldAllBe(one =>
            one.Secret.StartsWith("pmsfc_", StringComparison.Ordinal)
            && one.Secret.Length == 49
            && one.Token.Hash == AccessToken.HashOf(one.Secret)
        );
        var text = $"# who may what\n\n{string.Join('\n', made.Select(one => $"  {one.Token}\r"))}\n";
        AccessToken.Read(text, "tokens").ShouldBe(made.Select(one => one.Token));
        text.ShouldNotContain("pmsfc_");
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("ünal")]
    [InlineData("#anna")]
    public void Create_NameThatIsNone_IsRefused(string name) =>
        Should.Throw<BadInputException>(() => AccessToken.Create(name, AccessRole.Viewer)).Message.ShouldContain("is no name for a token");

    [Theory]
    [InlineData("anna viewer", "Line 1 of tokens is no token: it is not NAME ROLE SHA256")]
    [InlineData("anna viewer HASH more", "it is not NAME ROLE SHA256")]
    [InlineData("\n# note\nan/na viewer HASH", "Line 3 of tokens is no token: its name is none")]
    [InlineData("anna boss HASH", "its second word is no role; write one of viewer, operator, admin")]
    [InlineData("anna 2 HASH", "its second word is no role")]
    [InlineData("anna viewer pmsfc_Zm9v", "a secret itself must not be in the file")]
    [InlineData("anna viewer HASH\nanna admin OTHER", "Line 2 of tokens is no token: its name is in an earlier line too")]
    [InlineData("anna viewer HASH\nbert admin HASH", "its secret is in an earlier line too")]
    public void Read_LineThatIsNoToken_IsNamedAndNotShown(string text, string sentence)
    {
        var message = Should
            .Throw<BadInputException>(() =>
                AccessToken.Read(
                    text.Replace("HASH", HashOfASecret, StringComparison.Ordinal)
                        .Replace("OTHER", AccessToken.HashOf("other"), StringComparison.Ordinal),
                    "tokens"
                )
            )
            .Message;

        message.ShouldContain(sentence);
        message.ShouldNotContain(HashOfASecret);
        message.ShouldNotContain("Zm9v");
    }
}
