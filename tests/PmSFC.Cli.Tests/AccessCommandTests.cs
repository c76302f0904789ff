using System.Text.Json;
using PmSFC.Cli.Tests.Support;
using PmSFC.Connections;

namespace PmSFC.Cli.Tests;

public sealed class AccessCommandTests
{
    [Theory]
    [InlineData(AccessRole.Viewer)]
    [InlineData(AccessRole.Operator, "--role", "operator")]
    [InlineData(AccessRole.Admin, "--role", "admin")]
    public async Task Token_ForSomebody_IsASecretAndTheLineThatLetsItIn(AccessRole role, params string[] options)
    {
        var json = JsonDocument
            .Parse((await InProcess.RunAsync(["access", "token", "anna@example.org", "--json", .. options])).Output)
            .RootElement;
        var text = (await InProcess.RunAsync(["access", "token", "anna@example.org", .. options])).Output.Split('\n');

        var token = AccessToken.Read(json.GetProperty("line").GetString()!, "the output").ShouldHaveSingleItem();
        token.ShouldBe(new AccessToken("anna@example.org", role, AccessToken.HashOf(json.GetProperty("secret").GetString()!)));
        var (secret, line) = (
            text.Single(part => part.StartsWith("pmsfc_", StringComparison.Ordinal)),
            text.Single(part => part.StartsWith("anna@example.org ", StringComparison.Ordinal))
        );
        AccessToken.Read(line, "the output").ShouldHaveSingleItem().ShouldBe(token with { Hash = AccessToken.HashOf(secret) });
        secret.ShouldNotBe(json.GetProperty("secret").GetString());
    }

    [Theory]
    [InlineData("'an na' is no name for a token; write letters, digits and . _ @ -, 64 at most.", "an na")]
    [InlineData("'boss'", "anna", "--role", "boss")]
    [InlineData("must be one of viewer, operator, admin; did you mean 'viewer'?", "anna", "--role", "Viewer")]
    public async Task Token_BadInput_IsOneSentence(string sentence, params string[] arguments)
    {
        var (code, output, error) = await InProcess.RunAsync(["access", "token", .. arguments]);

        (code, output).ShouldBe((2, ""));
        error.ShouldContain(sentence);
    }
}
